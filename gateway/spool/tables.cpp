#include "gateway/spool/tables.hpp"

#include <array>
#include <utility>

namespace gateway::spool {
namespace {

struct Query {
    sqlite::Statement Statements::*statement;
    const char* text;
};

constexpr std::array queries{
    Query{&Statements::keep,
          "INSERT INTO messages (source, address, payload, about, arrived, open) "
          "VALUES (?1, ?2, ?3, ?4, ?5, -1)"},
    Query{&Statements::unrouted, "SELECT id FROM messages WHERE open = -1 ORDER BY id"},
    Query{&Statements::message, "SELECT source, address, payload, about FROM messages WHERE id = ?1"},
    Query{&Statements::set_open, "UPDATE messages SET open = ?2 WHERE id = ?1"},
    Query{&Statements::one_less_open, "UPDATE messages SET open = open - 1 WHERE id = ?1"},
    Query{&Statements::forget_message,
          "DELETE FROM messages WHERE id = ?1 AND open <= 0 "
          "RETURNING length(CAST(address AS BLOB)) + length(payload)"},
    Query{&Statements::add_delivery,
          "INSERT INTO deliveries (message, route, key, expires, attempts, died, stage, cause) "
          "VALUES (?1, ?2, ?3, ?4, ?5, 0, '', '')"},
    Query{&Statements::open_deliveries,
          "SELECT id, message, route, key, expires, attempts FROM deliveries WHERE died = 0 ORDER BY id"},
    Query{&Statements::begin_attempt,
          "UPDATE deliveries SET attempts = attempts + 1 WHERE id = ?1 AND died = 0"},
    Query{&Statements::take_back_attempt,
          "UPDATE deliveries SET attempts = attempts - 1 WHERE id = ?1 AND attempts > 0"},
    Query{&Statements::attempt,
          "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, m.arrived, m.source, m.address, "
          "m.payload, m.about FROM deliveries d JOIN messages m ON m.id = d.message "
          "WHERE d.died = 0 AND d.id = ?1"},
    Query{&Statements::take_delivery, "DELETE FROM deliveries WHERE id = ?1 RETURNING message, died"},
    Query{&Statements::bury,
          "UPDATE deliveries SET died = ?2, stage = ?3, cause = ?4 WHERE id = ?1 AND died = 0 RETURNING id"},
    Query{&Statements::dead_letters,
          "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, d.died, d.stage, d.cause, "
          "m.arrived, m.source, m.address, m.payload, m.about FROM deliveries d "
          "JOIN messages m ON m.id = d.message WHERE d.died <> 0 ORDER BY d.died DESC, d.id DESC LIMIT ?1"},
    Query{&Statements::dead_letter,
          "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, d.died, d.stage, d.cause, "
          "m.arrived, m.source, m.address, m.payload, m.about FROM deliveries d "
          "JOIN messages m ON m.id = d.message WHERE d.died <> 0 AND d.id = ?1"},
    Query{&Statements::revive,
          "UPDATE deliveries SET died = 0, stage = '', cause = '', attempts = 0, expires = 0 "
          "WHERE id = ?1 AND died <> 0 RETURNING id, message, route, key, expires, attempts"},
    Query{&Statements::alive, "SELECT 1 FROM deliveries WHERE id = ?1 AND died = 0"},
};

}  // namespace

const sqlite::Format file_format{0x68677331,  // "hgs1"
                                 1,
                                 R"(
    CREATE TABLE messages (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        source  TEXT    NOT NULL,  -- the broker's or mesh's key
        address TEXT    NOT NULL,
        payload BLOB    NOT NULL,
        about   TEXT    NOT NULL,  -- message_text.hpp
        arrived INTEGER NOT NULL,  -- ms since 1970, as all times
        open    INTEGER NOT NULL   -- deliveries that are not finished; -1: not routed yet
    ) STRICT;
    CREATE INDEX unrouted ON messages (id) WHERE open = -1;
    CREATE TABLE deliveries (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,
        message  INTEGER NOT NULL REFERENCES messages (id),
        route    TEXT    NOT NULL,
        key      TEXT    NOT NULL,
        expires  INTEGER NOT NULL,  -- 0: never
        attempts INTEGER NOT NULL,
        died     INTEGER NOT NULL,  -- 0: it lives
        stage    TEXT    NOT NULL,
        cause    TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX dead ON deliveries (died) WHERE died <> 0;
)"};

Result<Statements> Statements::prepare(sqlite::Connection& connection) {
    Statements statements;
    for (const auto& [place, text] : queries) {
        auto statement = connection.prepare(text);
        if (statement.has_error()) return statement.error();
        statements.*place = *std::move(statement);
    }
    return statements;
}

}  // namespace gateway::spool
