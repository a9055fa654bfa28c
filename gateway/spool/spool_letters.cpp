// What was given up (SpoolFile).
#include <algorithm>
#include <limits>
#include <utility>

#include "gateway/spool/spool_file.hpp"
#include "gateway/sqlite/rows.hpp"

namespace gateway::spool {
namespace {

/// No text of SQLite is longer, nor has substr() use for more.
std::int64_t as_number(std::size_t size) {
    return static_cast<std::int64_t>(std::min<std::size_t>(size, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace

Result<std::vector<DeadLetter>> SpoolFile::dead_letters(Grave before,
                                                        const std::string& route,
                                                        std::size_t most,
                                                        std::size_t most_bytes) {
    const std::lock_guard lock{mutex_};
    auto& statement = route.empty() ? statements_.dead_letters : statements_.dead_letters_of_route;
    const sqlite::Use query{statement};
    query->number(1, as_number(most_bytes)).number(2, before.died).number(3, before.id);
    query->number(4, as_number(most));
    if (!route.empty()) query->text(5, route);
    return watched(sqlite::all_rows(statement, dead_letter_of));
}

Result<DeadLetter> SpoolFile::dead_letter(Id delivery, std::size_t most_bytes) {
    const std::lock_guard lock{mutex_};
    const sqlite::Use query{statements_.dead_letter};
    const auto row = watched(query->number(1, as_number(most_bytes)).number(2, delivery).step());
    if (row.has_error()) return row.error();
    if (!*row) return not_in_spool("dead letter", delivery);
    return dead_letter_of(statements_.dead_letter);
}

Result<std::vector<Grave>> SpoolFile::graves(Grave after,
                                             WallTime until,
                                             const std::string& route,
                                             std::size_t most) {
    const std::lock_guard lock{mutex_};
    auto& statement = route.empty() ? statements_.graves : statements_.graves_of_route;
    const sqlite::Use query{statement};
    query->number(1, after.died).number(2, after.id).number(3, until).number(4, as_number(most));
    if (!route.empty()) query->text(5, route);
    return watched(sqlite::all_rows(statement, [](const sqlite::Statement& row) {
        return Grave{row.number_at(0), row.number_at(1)};
    }));
}

Result<Delivery> SpoolFile::revive(Id delivery, const std::string& key, WallTime expires) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<Delivery> {
        const sqlite::Use query{statements_.revive};
        const auto row = query->number(1, delivery).text(2, key).number(3, expires).step();
        if (row.has_error()) return row.error();
        if (!*row) return not_in_spool("dead letter", delivery);
        auto revived = delivery_of(statements_.revive);
        if (const auto removed = statements_.remove_dead.number(1, delivery).run(); removed.has_error())
            return removed.error();
        --usage_.dead;
        return revived;
    });
}

Result<void> SpoolFile::drop(Id delivery) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<void> {
        const auto removed = remove_dead(delivery);
        if (removed.has_error()) return removed.error();
        return *removed ? Result<void>{} : not_in_spool("dead letter", delivery);
    });
}

Result<std::size_t> SpoolFile::drop(const std::vector<Grave>& graves) {
    const std::lock_guard lock{mutex_};
    return all_or_nothing([&]() -> Result<std::size_t> {
        std::size_t count = 0;
        for (const Grave& grave : graves) {
            const auto removed = remove_dead(grave.id);
            if (removed.has_error()) return removed.error();
            count += *removed ? 1u : 0u;
        }
        return count;
    });
}

/// Was there such a letter?
Result<bool> SpoolFile::remove_dead(Id delivery) {
    const sqlite::Use query{statements_.remove_dead};
    const auto row = query->number(1, delivery).step();
    if (row.has_error() || !*row) return row;
    --usage_.dead;
    const auto less = closed(query->number_at(0));
    return less.has_error() ? Result<bool>{less.error()} : Result<bool>{true};
}

}  // namespace gateway::spool
