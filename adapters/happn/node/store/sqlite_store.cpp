#include "adapters/happn/node/store/sqlite_store.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/node/store/path_scan.hpp"
#include "gateway/log.hpp"

namespace happn::node {

namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Result;
namespace sqlite = gateway::sqlite;

constexpr sqlite::Format format{0x68676e31,  // "hgn1"
                                1,
                                R"(
    CREATE TABLE items (
        path      TEXT    NOT NULL PRIMARY KEY,
        backwards BLOB    NOT NULL,  -- the path's bytes from the last to the first
        data      TEXT    NOT NULL,
        created   INTEGER NOT NULL,
        modified  INTEGER NOT NULL,
        tag       TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX items_backwards ON items (backwards);
)"};

std::string backwards(std::string_view path) {
    return {path.rbegin(), path.rend()};
}

/// The first text after all that begin with `prefix`. UTF-8 has no byte 0xff.
std::string end_of_range(std::string_view prefix) {
    if (prefix.empty()) {
        return "\xff";
    }
    std::string end{prefix};
    ++end.back();
    return end;
}

ItemView row_of(const sqlite::Statement& statement) {
    return {statement.text_at(0),
            statement.text_at(1),
            {statement.number_at(2), statement.number_at(3)},
            statement.text_at(4)};
}

/// Walks one index over the range that begins with a prefix.
class RangeCursor {
public:
    RangeCursor(sqlite::Statement& statement, std::string_view prefix)
        : use_{statement}, begin_{prefix}, end_{end_of_range(prefix)} {}

    RangeCursor& over_text() {
        use_->text(1, begin_).text(2, end_);
        return *this;
    }
    RangeCursor& over_blobs() {
        use_->blob(1, begin_).blob(2, end_);
        return *this;
    }

    std::optional<std::string_view> next_row() {
        const auto row = use_->step();
        if (row.has_error()) {
            error_ = row.error();
            return std::nullopt;
        }
        return *row ? std::optional{use_->text_at(0)} : std::nullopt;
    }
    const std::optional<Error>& error() const { return error_; }

private:
    sqlite::Use use_;
    std::string begin_, end_;  // bound
    std::optional<Error> error_;
};

class HeadCursor {
public:
    HeadCursor(sqlite::Statement& statement, std::string_view head) : range_{statement, head} {
        range_.over_text();
    }
    std::optional<std::string_view> next() { return range_.next_row(); }
    const std::optional<Error>& error() const { return range_.error(); }

private:
    RangeCursor range_;
};

class TailCursor {
public:
    TailCursor(sqlite::Statement& statement, std::string_view tail) : range_{statement, backwards(tail)} {
        range_.over_blobs();
    }
    std::optional<std::string_view> next() {
        const auto row = range_.next_row();
        if (!row) {
            return std::nullopt;
        }
        path_ = backwards(*row);
        return path_;
    }
    const std::optional<Error>& error() const { return range_.error(); }

private:
    RangeCursor range_;
    std::string path_;
};

Result<SqliteStore::Statements> prepare_statements(sqlite::Connection& connection) {
    constexpr const char* queries[] = {
        "SELECT path, data, created, modified, tag, rowid FROM items WHERE path = ?1",
        "INSERT INTO items (path, backwards, data, created, modified, tag) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        "UPDATE items SET data = ?1, modified = ?2, tag = ?3 WHERE rowid = ?4",
        "DELETE FROM items WHERE path = ?1 RETURNING length(CAST(data AS BLOB))",
        "SELECT path, data, created, modified, tag FROM items WHERE path >= ?1 AND path < ?2 ORDER BY path",
        "SELECT path FROM items WHERE path >= ?1 AND path < ?2 ORDER BY path",
        "SELECT backwards FROM items WHERE backwards >= ?1 AND backwards < ?2 ORDER BY backwards",
    };
    std::vector<sqlite::Statement> made;
    for (const char* query : queries) {
        auto statement = connection.prepare(query);
        if (statement.has_error()) {
            return statement.error();
        }
        made.push_back(*std::move(statement));
    }
    return SqliteStore::Statements{std::move(made[0]),
                                   std::move(made[1]),
                                   std::move(made[2]),
                                   std::move(made[3]),
                                   std::move(made[4]),
                                   std::move(made[5]),
                                   std::move(made[6])};
}

struct Contents {
    std::size_t items;
    std::size_t bytes;
};

Result<Contents> contents_of(sqlite::Connection& connection) {
    const auto items = connection.ask("SELECT count(*) FROM items");
    if (items.has_error()) {
        return items.error();
    }
    const auto bytes = connection.ask(
        "SELECT coalesce(sum(length(CAST(path AS BLOB)) + length(CAST(data AS BLOB))), 0) FROM items");
    if (bytes.has_error()) {
        return bytes.error();
    }
    return Contents{static_cast<std::size_t>(*items), static_cast<std::size_t>(*bytes)};
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& file, StoreLimits limits) {
    auto database = sqlite::Database::open(file, format);
    if (database.has_error()) {
        return database.error();
    }
    auto& connection = (*database)->connection();
    const auto contents = contents_of(connection);
    if (contents.has_error()) {
        return contents.error();
    }
    auto statements = prepare_statements(connection);
    if (statements.has_error()) {
        return statements.error();
    }
    gateway::log::info("node: {} items in {}", contents->items, file);
    return std::unique_ptr<Store>{std::make_unique<SqliteStore>(
        SqliteStore::Parts{*std::move(database), contents->items, contents->bytes},
        *std::move(statements),
        limits)};
}

SqliteStore::SqliteStore(Parts parts, Statements statements, StoreLimits limits)
    : parts_{std::move(parts)}, statements_{std::move(statements)}, limits_{limits} {}

SqliteStore::~SqliteStore() = default;

Result<std::optional<Item>> SqliteStore::get(std::string_view path) {
    const sqlite::Use get{statements_.get};
    const auto row = get->text(1, path).step();
    if (row.has_error()) {
        return row.error();
    }
    if (!*row) {
        return std::nullopt;
    }
    const auto found = row_of(statements_.get);
    return Item{std::string{found.data}, found.times, std::string{found.tag}};
}

Result<void> SqliteStore::find(std::string_view pattern, const Visit& visit) {
    if (has_star(pattern) && PatternEnds{pattern}.tail.empty()) {
        return visit_range(pattern, visit);
    }
    const auto found = paths(pattern);
    if (found.has_error()) {
        return found.error();
    }
    for (const std::string& path : *found) {
        const sqlite::Use get{statements_.get};
        const auto row = get->text(1, path).step();
        if (row.has_error()) {
            return row.error();
        }
        if (*row && !visit(row_of(statements_.get))) {
            break;
        }
    }
    return {};
}

Result<void> SqliteStore::visit_range(std::string_view pattern, const Visit& visit) {
    HeadCursor cursor{statements_.by_path, PatternEnds{pattern}.head};
    while (const auto path = cursor.next()) {
        if (matches_stored(pattern, *path) && !visit(row_of(statements_.by_path))) {
            break;
        }
    }
    return cursor.error() ? Result<void>{*cursor.error()} : Result<void>{};
}

Result<std::vector<std::string>> SqliteStore::paths(std::string_view pattern) {
    if (!has_star(pattern)) {
        return std::vector<std::string>{std::string{pattern}};
    }
    const PatternEnds ends{pattern};
    HeadCursor by_head{statements_.by_head, ends.head};
    TailCursor by_tail{statements_.by_tail, ends.tail};
    auto found = matching_paths(pattern, by_head, by_tail);
    for (const auto& error : {by_head.error(), by_tail.error()}) {
        if (error) {
            return *error;
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<Times> SqliteStore::put(std::string_view path, const Item& item) {
    std::size_t others = parts_.bytes;
    std::optional<std::int64_t> known;
    Times times = item.times;
    {
        const sqlite::Use get{statements_.get};
        const auto row = get->text(1, path).step();
        if (row.has_error()) {
            return row.error();
        }
        if (*row) {
            const auto present = row_of(statements_.get);
            others -= path.size() + present.data.size();
            times.created = present.times.created;
            known = statements_.get.number_at(5);
        }
    }
    const std::size_t own = path.size() + item.data.size();
    if ((!known && parts_.items >= limits_.items) || own > limits_.bytes - std::min(others, limits_.bytes)) {
        return store_full();
    }
    const auto reversed = backwards(path);
    const auto written = known ? statements_.update.text(1, item.data)
                                     .number(2, times.modified)
                                     .text(3, item.tag)
                                     .number(4, *known)
                                     .run()
                               : statements_.insert.text(1, path)
                                     .blob(2, reversed)
                                     .text(3, item.data)
                                     .number(4, times.created)
                                     .number(5, times.modified)
                                     .text(6, item.tag)
                                     .run();
    if (written.has_error()) {
        return written.error();
    }
    parts_.items += known ? 0u : 1u;
    parts_.bytes = others + own;
    return times;
}

template <typename Change>
Result<void> SqliteStore::all_or_nothing(Change change) {
    if (auto begun = parts_.database->connection().run("BEGIN"); begun.has_error()) {
        return begun;
    }
    Result<void> done = change();
    if (!done.has_error()) {
        done = parts_.database->connection().run("COMMIT");
    }
    if (done.has_error()) {
        static_cast<void>(
            parts_.database->connection().run("ROLLBACK"));  // the first error is the one to tell
    }
    return done;
}

Result<std::size_t> SqliteStore::remove(std::string_view pattern) {
    const auto found = paths(pattern);
    return found.has_error() ? Result<std::size_t>{found.error()} : remove_paths(*found);
}

Result<std::size_t> SqliteStore::remove_paths(const std::vector<std::string>& paths) {
    std::size_t removed = 0;
    std::size_t bytes = 0;
    const auto done = all_or_nothing([&]() -> Result<void> {
        for (const std::string& path : paths) {
            const sqlite::Use erase{statements_.erase};
            const auto row = erase->text(1, path).step();
            if (row.has_error()) {
                return row.error();
            }
            if (*row) {
                ++removed;
                bytes += path.size() + static_cast<std::size_t>(statements_.erase.number_at(0));
                if (const auto end = erase->step(); end.has_error()) {
                    return end.error();
                }
            }
        }
        return {};
    });
    if (done.has_error()) {
        return done.error();
    }
    parts_.items -= removed;
    parts_.bytes -= bytes;
    return removed;
}

}  // namespace happn::node
