#include "gateway/spool/spool_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/spool/message_text.hpp"
#include "gateway/sqlite/rows.hpp"

namespace gateway::spool {
namespace {

std::size_t size_of(const Message& message) {
    return message.address.size() + message.payload.bytes.size();
}

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::open(const std::string& file, Limits limits) {
    auto database = sqlite::Database::open(file, file_format, sqlite::OnDamage::set_aside);
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
    const auto identity = identity_of(connection);
    if (identity.has_error()) return Error{Errc::unavailable, file + ": " + identity.error().message};
    auto statements = Statements::prepare(connection);
    if (statements.has_error()) return Error{Errc::unavailable, file + ": " + statements.error().message};
    return std::unique_ptr<SpoolFile>{new SpoolFile{
        *std::move(database), *std::move(statements), limits, usage, std::to_string(*identity)}};
}

SpoolFile::SpoolFile(std::unique_ptr<sqlite::Database> database,
                     Statements statements,
                     Limits limits,
                     Usage usage,
                     std::string identity)
    : database_{std::move(database)},
      statements_{std::move(statements)},
      limits_{limits},
      identity_{std::move(identity)},
      usage_{usage} {}

// --- messages ---------------------------------------------------------------------------------------------

Result<Id> SpoolFile::keep(const Message& message, WallTime now) {
    const auto about = describe(message);
    const std::size_t size = size_of(message);
    const std::lock_guard lock{mutex_};
    if (!damage_.empty()) return Error{Errc::unavailable, damage_};
    if (usage_.messages >= limits_.messages || size > limits_.bytes - std::min(usage_.bytes, limits_.bytes))
        return Error{Errc::overloaded, "the spool is full"};
    const auto kept = noted(statements_.keep.text(1, message.connection)
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
    const sqlite::Use query{statements_.unrouted};
    return watched(sqlite::all_rows(statements_.unrouted,
                                    [](const sqlite::Statement& row) { return row.number_at(0); }));
}

Result<Message> SpoolFile::message(Id id) {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_.message};
    const auto row = watched(query->number(1, id).step());
    if (row.has_error()) return row.error();
    return *row ? message_of(statements_.message, 0) : not_in_spool("message", id);
}

// --- deliveries -------------------------------------------------------------------------------------------

Result<std::vector<Id>> SpoolFile::route(Id message, const std::vector<Delivery>& deliveries) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<std::vector<Id>> {
        std::vector<Id> ids;
        for (const Delivery& delivery : deliveries) {
            const auto added = statements_.add_delivery.number(1, message)
                                   .text(2, delivery.route)
                                   .text(3, delivery.key)
                                   .number(4, delivery.expires)
                                   .number(5, delivery.attempts)
                                   .run();
            if (added.has_error()) return added.error();
            ids.push_back(sqlite3_last_insert_rowid(database_->connection().get()));
        }
        const auto open = static_cast<std::int64_t>(deliveries.size());
        if (const auto set = statements_.set_open.number(1, message).number(2, open).run(); set.has_error())
            return set.error();
        if (const auto forgotten = forget(message); forgotten.has_error()) return forgotten.error();
        return ids;
    });
}

/// A message that no delivery is open for any more.
Result<void> SpoolFile::forget(Id message) {
    const sqlite::Use query{statements_.forget_message};
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
    const sqlite::Use query{statements_.open_deliveries};
    return watched(sqlite::all_rows(statements_.open_deliveries, delivery_of));
}

Result<Attempt> SpoolFile::begin_attempt(Id delivery) {
    const std::lock_guard lock{mutex_};
    const auto begun = noted(statements_.begin_attempt.number(1, delivery).run());
    return begun.has_error() ? begun.error() : watched(attempt(delivery));
}

Result<Attempt> SpoolFile::attempt(Id delivery) {
    const sqlite::Use query{statements_.attempt};
    const auto row = query->number(1, delivery).step();
    if (row.has_error()) return row.error();
    if (!*row) return not_in_spool("delivery", delivery);
    auto message = message_of(statements_.attempt, 7);
    if (message.has_error()) return message.error();
    return Attempt{delivery_of(statements_.attempt), *std::move(message), query->number_at(6)};
}

Result<void> SpoolFile::take_back_attempt(Id delivery) {
    const std::lock_guard lock{mutex_};
    return noted(statements_.take_back_attempt.number(1, delivery).run());
}

Result<void> SpoolFile::finish(Id delivery) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<void> {
        const sqlite::Use query{statements_.take_delivery};
        const auto row = query->number(1, delivery).step();
        if (row.has_error()) return row.error();
        return *row ? closed(query->number_at(0)) : not_in_spool("delivery", delivery);
    });
}

/// One delivery less of the message.
Result<void> SpoolFile::closed(Id message) {
    if (const auto less = statements_.one_less_open.number(1, message).run(); less.has_error())
        return less.error();
    return forget(message);
}

Result<void> SpoolFile::bury(Id delivery, std::string_view stage, std::string_view cause, WallTime now) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<void> {
        const sqlite::Use query{statements_.bury};
        const auto row = query->number(1, delivery).number(2, now).text(3, stage).text(4, cause).step();
        if (row.has_error()) return row.error();
        if (!*row) return not_in_spool("delivery", delivery);
        ++usage_.dead;
        return {};
    });
}

// --- as a whole ------------------------------------------------------------------------------------------

Result<void> SpoolFile::probe() {
    const auto id = keep(Message{}, 0);
    if (id.has_error()) return id.error();
    const auto taken_back = route(*id, {});
    return taken_back.has_error() ? Result<void>{taken_back.error()} : Result<void>{};
}

bool SpoolFile::nearly_full() const {
    const auto is_beyond = [](std::size_t used, std::size_t limit) { return used > limit / 10 * 9; };
    const std::lock_guard lock{mutex_};
    return failing_ || !damage_.empty() || is_beyond(usage_.messages, limits_.messages) ||
           is_beyond(usage_.bytes, limits_.bytes);
}

std::string SpoolFile::damage() const {
    const std::lock_guard lock{mutex_};
    return damage_;
}

Usage SpoolFile::usage() const {
    const std::lock_guard lock{mutex_};
    return usage_;
}

}  // namespace gateway::spool
