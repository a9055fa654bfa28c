#include "gateway/spool/tables.hpp"

#include <string>
#include <utility>
#include <vector>

#include "gateway/spool/message_text.hpp"

namespace gateway::spool {
namespace {

struct Query {
    sqlite::Statement Statements::*statement;
    std::string text;
};

std::vector<Query> queries() {
    const std::string dead_letter =
        "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, d.died, d.stage, d.cause, "
        "m.arrived, length(m.payload), m.source, m.address, substr(m.payload, 1, ?1), m.about "
        "FROM deliveries d JOIN messages m ON m.id = d.message ";
    return {
        Query{&Statements::begin, "BEGIN IMMEDIATE"},
        Query{&Statements::commit, "COMMIT"},
        Query{&Statements::roll_back, "ROLLBACK"},
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
        Query{
            &Statements::attempt,
            "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, m.arrived, m.source, m.address, "
            "m.payload, m.about FROM deliveries d JOIN messages m ON m.id = d.message "
            "WHERE d.died = 0 AND d.id = ?1"},
        Query{&Statements::take_delivery,
              "DELETE FROM deliveries WHERE id = ?1 AND died = 0 RETURNING message"},
        Query{&Statements::bury,
              "UPDATE deliveries SET died = ?2, stage = ?3, cause = ?4 WHERE id = ?1 AND died = 0 RETURNING "
              "id"},
        Query{&Statements::dead_letters,
              dead_letter +
                  "WHERE d.died <> 0 AND (d.died, d.id) < (?2, ?3) ORDER BY d.died DESC, d.id DESC LIMIT ?4"},
        Query{&Statements::dead_letters_of_route,
              dead_letter + "WHERE d.died <> 0 AND d.route = ?5 AND (d.died, d.id) < (?2, ?3) "
                            "ORDER BY d.died DESC, d.id DESC LIMIT ?4"},
        Query{&Statements::dead_letter, dead_letter + "WHERE d.died <> 0 AND d.id = ?2"},
        Query{&Statements::graves,
              "SELECT died, id FROM deliveries WHERE died <> 0 AND (died, id) > (?1, ?2) AND died <= ?3 "
              "ORDER BY died, id LIMIT ?4"},
        Query{&Statements::graves_of_route,
              "SELECT died, id FROM deliveries WHERE died <> 0 AND route = ?5 AND (died, id) > (?1, ?2) "
              "AND died <= ?3 ORDER BY died, id LIMIT ?4"},
        Query{&Statements::revive,
              "INSERT INTO deliveries (message, route, key, expires, attempts, died, stage, cause) "
              "SELECT message, route, ?2, ?3, 0, 0, '', '' FROM deliveries WHERE id = ?1 AND died <> 0 "
              "RETURNING id, message, route, key, expires, attempts"},
        Query{&Statements::remove_dead,
              "DELETE FROM deliveries WHERE id = ?1 AND died <> 0 RETURNING message"},
    };
}

/// All but the properties is there even if those are damaged.
Result<void> read_message(const sqlite::Statement& row, int first, Message& message) {
    message.connection = row.text_at(first);
    message.address = row.text_at(first + 1);
    message.payload.bytes = Bytes::copy(row.text_at(first + 2));
    message.principal = Principal::service();
    return restore(message, row.text_at(first + 3));
}

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
    CREATE INDEX dead_of_route ON deliveries (route, died) WHERE died <> 0;
)"};

Result<Statements> Statements::prepare(sqlite::Connection& connection) {
    Statements statements;
    for (const auto& [place, text] : queries()) {
        auto statement = connection.prepare(text);
        if (statement.has_error()) return statement.error();
        statements.*place = *std::move(statement);
    }
    return statements;
}

Result<std::int64_t> identity_of(sqlite::Connection& connection) {
    const auto made = connection.run(R"(
        CREATE TABLE IF NOT EXISTS identity (number INTEGER NOT NULL) STRICT;
        INSERT INTO identity SELECT random() & 0x7FFFFFFFFFFFFFFF WHERE NOT EXISTS (SELECT * FROM identity);
    )");
    if (made.has_error()) return made.error();
    return connection.ask("SELECT number FROM identity");
}

Delivery delivery_of(const sqlite::Statement& row) {
    Delivery delivery;
    delivery.id = row.number_at(0);
    delivery.message = row.number_at(1);
    delivery.route = row.text_at(2);
    delivery.key = row.text_at(3);
    delivery.expires = row.number_at(4);
    delivery.attempts = static_cast<int>(row.number_at(5));
    return delivery;
}

Result<Message> message_of(const sqlite::Statement& row, int first) {
    Message message;
    const auto read = read_message(row, first, message);
    if (read.has_error()) return read.error();
    return message;
}

DeadLetter dead_letter_of(const sqlite::Statement& row) {
    DeadLetter letter;
    letter.delivery = delivery_of(row);
    letter.died = row.number_at(6);
    letter.stage = row.text_at(7);
    letter.cause = row.text_at(8);
    letter.arrived = row.number_at(9);
    letter.payload_size = static_cast<std::size_t>(row.number_at(10));
    letter.readable = !read_message(row, 11, letter.message).has_error();
    return letter;
}

Error not_in_spool(std::string_view what, Id id) {
    return {Errc::not_found, std::string{what} + " " + std::to_string(id) + " is not in the spool"};
}

}  // namespace gateway::spool
