#include "gateway/spool/spool_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/spool/message_text.hpp"

namespace gateway::spool {
namespace {

constexpr sqlite::Format format{0x68677331,  // "hgs1"
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

Error not_found(std::string_view what, Id id) {
    return {Errc::not_found, std::string{what} + " " + std::to_string(id) + " is not in the spool"};
}

std::size_t size_of(const Message& message) {
    return message.address.size() + message.payload.bytes.size();
}

Result<Message> message_of(const sqlite::Statement& row, int first) {
    Message message;
    message.connection = row.text_at(first);
    message.address = row.text_at(first + 1);
    message.payload.bytes = Bytes::copy(row.text_at(first + 2));
    message.principal = Principal::service();
    if (const auto restored = restore(message, row.text_at(first + 3)); restored.has_error())
        return restored.error();
    return message;
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

}  // namespace

struct SpoolFile::Statements {
    sqlite::Statement keep, unrouted, message, set_open, forget_message, add_delivery, open_deliveries,
        begin_attempt, take_back_attempt, attempt, take_delivery, one_less_open, bury, dead_letters,
        dead_letter, revive, alive;
};

Result<std::unique_ptr<SpoolFile>> SpoolFile::open(const std::string& file, Limits limits) {
    auto database = sqlite::Database::open(file, format);
    if (database.has_error()) return database.error();
    auto& connection = (*database)->connection();
    Usage usage;
    const std::array<std::pair<const char*, std::size_t*>, 3> sums{{
        {"SELECT count(*) FROM messages", &usage.messages},
        {"SELECT coalesce(sum(length(CAST(address AS BLOB)) + length(payload)), 0) FROM messages",
         &usage.bytes},
        {"SELECT count(*) FROM deliveries WHERE died <> 0", &usage.dead},
    }};
    for (const auto& [query, sum] : sums) {
        const auto counted = connection.ask(query);
        if (counted.has_error()) return Error{Errc::unavailable, file + ": " + counted.error().message};
        *sum = static_cast<std::size_t>(*counted);
    }
    std::unique_ptr<SpoolFile> spool{new SpoolFile{*std::move(database), limits, usage}};
    if (const auto prepared = spool->prepare(); prepared.has_error()) return prepared.error();
    return spool;
}

SpoolFile::SpoolFile(std::unique_ptr<sqlite::Database> database, Limits limits, Usage usage)
    : database_{std::move(database)}, limits_{limits}, usage_{usage} {}

SpoolFile::~SpoolFile() = default;

Result<void> SpoolFile::prepare() {
    constexpr std::array queries{
        "INSERT INTO messages (source, address, payload, about, arrived, open) VALUES (?1, ?2, ?3, ?4, ?5, "
        "-1)",
        "SELECT id FROM messages WHERE open = -1 ORDER BY id",
        "SELECT source, address, payload, about FROM messages WHERE id = ?1",
        "UPDATE messages SET open = ?2 WHERE id = ?1",
        "DELETE FROM messages WHERE id = ?1 AND open <= 0 RETURNING "
        "length(CAST(address AS BLOB)) + length(payload)",
        "INSERT INTO deliveries (message, route, key, expires, attempts, died, stage, cause) "
        "VALUES (?1, ?2, ?3, ?4, ?5, 0, '', '')",
        "SELECT id, message, route, key, expires, attempts FROM deliveries WHERE died = 0 ORDER BY id",
        "UPDATE deliveries SET attempts = attempts + 1 WHERE id = ?1 AND died = 0",
        "UPDATE deliveries SET attempts = attempts - 1 WHERE id = ?1 AND attempts > 0",
        "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, m.arrived, m.source, m.address, "
        "m.payload, "
        "m.about FROM deliveries d JOIN messages m ON m.id = d.message WHERE d.died = 0 AND d.id = ?1",
        "DELETE FROM deliveries WHERE id = ?1 RETURNING message, died",
        "UPDATE messages SET open = open - 1 WHERE id = ?1",
        "UPDATE deliveries SET died = ?2, stage = ?3, cause = ?4 WHERE id = ?1 AND died = 0 RETURNING id",
        "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, d.died, d.stage, d.cause, "
        "m.arrived, m.source, m.address, m.payload, m.about FROM deliveries d JOIN messages m ON m.id = "
        "d.message "
        "WHERE d.died <> 0 ORDER BY d.died DESC, d.id DESC LIMIT ?1",
        "SELECT d.id, d.message, d.route, d.key, d.expires, d.attempts, d.died, d.stage, d.cause, "
        "m.arrived, m.source, m.address, m.payload, m.about FROM deliveries d JOIN messages m ON m.id = "
        "d.message "
        "WHERE d.died <> 0 AND d.id = ?1",
        "UPDATE deliveries SET died = 0, stage = '', cause = '', attempts = 0, expires = 0 "
        "WHERE id = ?1 AND died <> 0 RETURNING id, message, route, key, expires, attempts",
        "SELECT 1 FROM deliveries WHERE id = ?1 AND died = 0",
    };
    std::vector<sqlite::Statement> made;
    for (const char* query : queries) {
        auto statement = database_->connection().prepare(query);
        if (statement.has_error()) return statement.error();
        made.push_back(*std::move(statement));
    }
    auto next = made.begin();
    const auto take = [&next] { return std::move(*next++); };
    statements_ = std::unique_ptr<Statements>{new Statements{take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take(),
                                                             take()}};
    return {};
}

template <typename T>
T SpoolFile::noted(T result) {
    failing_ = result.has_error() && result.error().errc == Errc::unavailable;
    return result;
}

template <typename Change>
auto SpoolFile::all_or_nothing(Change change) -> decltype(change()) {
    auto& connection = database_->connection();
    const Usage before = usage_;
    if (auto begun = connection.run("BEGIN IMMEDIATE"); begun.has_error())
        return noted(decltype(change()){begun.error()});
    auto changed = change();
    if (!changed.has_error()) {
        const auto committed = connection.run("COMMIT");
        if (!committed.has_error()) return noted(std::move(changed));
        changed = committed.error();
    }
    static_cast<void>(connection.run("ROLLBACK"));  // the first error is the one to tell
    usage_ = before;
    return noted(std::move(changed));
}

// --- messages ---------------------------------------------------------------------------------------------

Result<Id> SpoolFile::keep(const Message& message, WallTime now) {
    const auto about = describe(message);
    const std::size_t size = size_of(message);
    const std::lock_guard lock{mutex_};
    if (usage_.messages >= limits_.messages || size > limits_.bytes - std::min(usage_.bytes, limits_.bytes))
        return Error{Errc::overloaded, "the spool is full"};
    const auto kept = noted(statements_->keep.text(1, message.connection)
                                .text(2, message.address)
                                .blob(3, message.payload.bytes.view())
                                .text(4, about)
                                .number(5, now)
                                .run());
    if (kept.has_error()) return kept.error();
    ++usage_.messages;
    usage_.bytes += size;
    return Id{sqlite3_last_insert_rowid(database_->connection().get())};
}

Result<std::vector<Id>> SpoolFile::unrouted() {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_->unrouted};
    std::vector<Id> ids;
    for (;;) {
        const auto row = query->step();
        if (row.has_error()) return row.error();
        if (!*row) return ids;
        ids.push_back(query->number_at(0));
    }
}

Result<Message> SpoolFile::message(Id id) {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_->message};
    const auto row = query->number(1, id).step();
    if (row.has_error()) return row.error();
    return *row ? message_of(statements_->message, 0) : not_found("message", id);
}

// --- deliveries -------------------------------------------------------------------------------------------

Result<std::vector<Id>> SpoolFile::route(Id message, const std::vector<Delivery>& deliveries) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<std::vector<Id>> {
        std::vector<Id> ids;
        for (const Delivery& delivery : deliveries) {
            const auto added = statements_->add_delivery.number(1, message)
                                   .text(2, delivery.route)
                                   .text(3, delivery.key)
                                   .number(4, delivery.expires)
                                   .number(5, delivery.attempts)
                                   .run();
            if (added.has_error()) return added.error();
            ids.push_back(sqlite3_last_insert_rowid(database_->connection().get()));
        }
        const auto open = static_cast<std::int64_t>(deliveries.size());
        if (const auto set = statements_->set_open.number(1, message).number(2, open).run(); set.has_error())
            return set.error();
        if (const auto forgotten = forget(message); forgotten.has_error()) return forgotten.error();
        return ids;
    });
}

/// A message that no delivery is open for any more.
Result<void> SpoolFile::forget(Id message) {
    const sqlite::Use query{statements_->forget_message};
    const auto row = query->number(1, message).step();
    if (row.has_error()) return row.error();
    if (*row) {
        --usage_.messages;
        usage_.bytes -= static_cast<std::size_t>(query->number_at(0));
    }
    return {};
}

Result<std::vector<Delivery>> SpoolFile::open_deliveries() {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_->open_deliveries};
    std::vector<Delivery> deliveries;
    for (;;) {
        const auto row = query->step();
        if (row.has_error()) return row.error();
        if (!*row) return deliveries;
        deliveries.push_back(delivery_of(statements_->open_deliveries));
    }
}

Result<Attempt> SpoolFile::begin_attempt(Id delivery) {
    const std::lock_guard lock{mutex_};
    if (const auto begun = statements_->begin_attempt.number(1, delivery).run(); begun.has_error())
        return begun.error();
    const sqlite::Use query{statements_->attempt};
    const auto row = query->number(1, delivery).step();
    if (row.has_error()) return row.error();
    if (!*row) return not_found("delivery", delivery);
    auto message = message_of(statements_->attempt, 7);
    if (message.has_error()) return message.error();
    return Attempt{delivery_of(statements_->attempt), *std::move(message), query->number_at(6)};
}

Result<void> SpoolFile::take_back_attempt(Id delivery) {
    const std::lock_guard lock{mutex_};
    return statements_->take_back_attempt.number(1, delivery).run();
}

Result<void> SpoolFile::finish(Id delivery) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&] { return take_away(delivery); });
}

Result<void> SpoolFile::take_away(Id delivery) {
    Id message = 0;
    {
        const sqlite::Use query{statements_->take_delivery};
        const auto row = query->number(1, delivery).step();
        if (row.has_error()) return row.error();
        if (!*row) return not_found("delivery", delivery);
        message = query->number_at(0);
        usage_.dead -= query->number_at(1) != 0 ? 1u : 0u;
    }
    if (const auto less = statements_->one_less_open.number(1, message).run(); less.has_error())
        return less.error();
    return forget(message);
}

Result<void> SpoolFile::bury(Id delivery, std::string_view stage, std::string_view cause, WallTime now) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<void> {
        const sqlite::Use query{statements_->bury};
        const auto row = query->number(1, delivery).number(2, now).text(3, stage).text(4, cause).step();
        if (row.has_error()) return row.error();
        if (!*row) return not_found("delivery", delivery);
        ++usage_.dead;
        return {};
    });
}

// --- dead letters -----------------------------------------------------------------------------------------

Result<DeadLetter> SpoolFile::dead_letter_of(const sqlite::Statement& row) {
    auto message = message_of(row, 10);
    if (message.has_error()) return message.error();
    return DeadLetter{delivery_of(row),
                      *std::move(message),
                      row.number_at(9),
                      row.number_at(6),
                      std::string{row.text_at(7)},
                      std::string{row.text_at(8)}};
}

Result<std::vector<DeadLetter>> SpoolFile::dead_letters(std::size_t most) {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_->dead_letters};
    query->number(1, static_cast<std::int64_t>(most));
    std::vector<DeadLetter> letters;
    for (;;) {
        const auto row = query->step();
        if (row.has_error()) return row.error();
        if (!*row) return letters;
        auto letter = dead_letter_of(statements_->dead_letters);
        if (letter.has_error()) return letter.error();
        letters.push_back(*std::move(letter));
    }
}

Result<DeadLetter> SpoolFile::dead_letter(Id delivery) {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_->dead_letter};
    const auto row = query->number(1, delivery).step();
    if (row.has_error()) return row.error();
    return *row ? dead_letter_of(statements_->dead_letter) : not_found("dead letter", delivery);
}

Result<Delivery> SpoolFile::revive(Id delivery) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<Delivery> {
        const sqlite::Use query{statements_->revive};
        const auto row = query->number(1, delivery).step();
        if (row.has_error()) return row.error();
        if (!*row) return not_found("dead letter", delivery);
        --usage_.dead;
        return delivery_of(statements_->revive);
    });
}

Result<void> SpoolFile::drop(Id delivery) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<void> {
        {
            const sqlite::Use query{statements_->alive};
            const auto row = query->number(1, delivery).step();
            if (row.has_error()) return row.error();
            if (*row) return not_found("dead letter", delivery);
        }
        return take_away(delivery);
    });
}

Result<void> SpoolFile::probe() {
    const auto id = keep(Message{}, 0);
    if (id.has_error()) return id.error();
    const auto taken_back = route(*id, {});
    return taken_back.has_error() ? Result<void>{taken_back.error()} : Result<void>{};
}

bool SpoolFile::nearly_full() const {
    const auto is_beyond = [](std::size_t used, std::size_t limit) { return used > limit / 10 * 9; };
    const std::lock_guard lock{mutex_};
    return failing_ || is_beyond(usage_.messages, limits_.messages) || is_beyond(usage_.bytes, limits_.bytes);
}

Usage SpoolFile::usage() const {
    const std::lock_guard lock{mutex_};
    return usage_;
}

}  // namespace gateway::spool
