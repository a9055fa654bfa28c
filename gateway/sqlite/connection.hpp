// A thin hold on the C interface of SQLite: handles that close themselves, errors as Error
// (unavailable, in SQLite's words; is_damage() tells those that the file itself causes). One connection is
// used by one thread.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/error.hpp"

namespace gateway::sqlite {

/// The file is no database, or one that something has written into.
bool is_damage(const Error& error);

class Statement {
public:
    Statement() = default;  // to be assigned to
    explicit Statement(sqlite3_stmt* statement) : handle_{statement} {}

    // Texts must live until reset().
    Statement& text(int index, std::string_view value);
    Statement& blob(int index, std::string_view value);
    Statement& number(int index, std::int64_t value);

    /// One step: true: there is a row.
    Result<bool> step();
    /// Steps once, for a statement without rows; resets.
    Result<void> run();
    void reset() { sqlite3_reset(handle_.get()); }

    // Of the row; views are valid until the next step.
    std::string_view text_at(int column) const;
    std::int64_t number_at(int column) const { return sqlite3_column_int64(handle_.get(), column); }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement at the end of its use, whichever way that comes.
class Use {
public:
    explicit Use(Statement& statement) : statement_{statement} {}
    ~Use() { statement_.reset(); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Statement* operator->() const { return &statement_; }

private:
    Statement& statement_;
};

class Connection {
public:
    /// Creates the file if there is none. `patience`: how long to wait, blocking, for somebody else who
    /// writes to it.
    static Result<Connection> open(const std::string& file, std::chrono::milliseconds patience);

    Result<void> run(const char* script);
    Result<Statement> prepare(std::string_view query);
    /// The number that a query gives.
    Result<std::int64_t> ask(std::string_view query);
    /// Reads all of it. Errors: is_damage() - with what is wrong first.
    Result<void> check();
    sqlite3* get() const { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
    };
    explicit Connection(sqlite3* connection) : handle_{connection} {}

    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace gateway::sqlite
