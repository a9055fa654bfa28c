// Items in an SQLite file. A change that has been answered survives the death of the process (write-ahead
// log, synchronous=NORMAL: a power cut may cost the last ones, never the file). Reads look at indexes of the
// paths forwards and backwards, as MemoryStore does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/happn/node/store/store.hpp"
#include "gateway/sqlite/database.hpp"

namespace happn::node {

/// Beside `file` there will be `file`-wal, -shm and .lock. Errors: it is no such database, made by a later
/// version, in use by another process, or cannot be read and written.
gateway::Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& file, StoreLimits limits);

class SqliteStore final : public Store {
public:
    struct Parts {
        std::unique_ptr<gateway::sqlite::Database> database;
        std::size_t items;
        std::size_t bytes;
    };
    struct Statements {
        gateway::sqlite::Statement get, insert, update, erase, by_path, by_head, by_tail;
    };

    SqliteStore(Parts parts, Statements statements, StoreLimits limits);
    ~SqliteStore() override;

    gateway::Result<std::optional<Item>> get(std::string_view path) override;
    gateway::Result<void> find(std::string_view pattern, const Visit& visit) override;
    gateway::Result<Times> put(std::string_view path, const Item& item) override;
    gateway::Result<std::size_t> remove(std::string_view pattern) override;
    gateway::Result<std::size_t> remove_paths(const std::vector<std::string>& paths) override;
    std::size_t size() const override { return parts_.items; }
    std::size_t bytes() const override { return parts_.bytes; }

private:
    gateway::Result<std::vector<std::string>> paths(std::string_view pattern);
    gateway::Result<void> visit_range(std::string_view pattern, const Visit& visit);
    /// Runs `change` in one transaction.
    template <typename Change>
    gateway::Result<void> all_or_nothing(Change change);

    Parts parts_;
    Statements statements_;
    StoreLimits limits_;
};

}  // namespace happn::node
