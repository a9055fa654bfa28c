#include "gateway/sqlite/connection.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace gateway::sqlite {

namespace {

constexpr int primary = 0xff;  // of an extended result code

Error error_of(sqlite3* connection) {
    Error error{Errc::unavailable, std::string{"the store failed: "} + sqlite3_errmsg(connection)};
    const int code = sqlite3_errcode(connection) & primary;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) error.code = code;
    return error;
}

/// What is kept is for nobody else on this machine; SQLite gives the files beside it the same permissions.
void create_for_owner_alone(const std::string& file) {
    constexpr mode_t owner_only = 0600;
    if (const int made = ::open(file.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, owner_only); made >= 0) {
        ::close(made);
    }
}

}  // namespace

bool is_damage(const Error& error) {
    return error.code == SQLITE_CORRUPT || error.code == SQLITE_NOTADB;
}

Statement& Statement::text(int index, std::string_view value) {
    sqlite3_bind_text64(
        handle_.get(), index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::blob(int index, std::string_view value) {
    sqlite3_bind_blob64(handle_.get(), index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::number(int index, std::int64_t value) {
    sqlite3_bind_int64(handle_.get(), index, value);
    return *this;
}

Result<bool> Statement::step() {
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW) {
        return true;
    }
    if (result == SQLITE_DONE) {
        return false;
    }
    return error_of(sqlite3_db_handle(handle_.get()));
}

Result<void> Statement::run() {
    const auto stepped = step();
    reset();
    if (stepped.has_error()) {
        return stepped.error();
    }
    return {};
}

std::string_view Statement::text_at(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
    const auto size = sqlite3_column_bytes(handle_.get(), column);
    return bytes == nullptr ? std::string_view{} : std::string_view{bytes, static_cast<std::size_t>(size)};
}

Result<Connection> Connection::open(const std::string& file, std::chrono::milliseconds patience) {
    create_for_owner_alone(file);
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    Connection connection{handle};
    if (result != SQLITE_OK) {
        return error_of(handle);
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
    return connection;
}

Result<void> Connection::run(const char* script) {
    if (sqlite3_exec(handle_.get(), script, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error_of(handle_.get());
    }
    return {};
}

Result<Statement> Connection::prepare(std::string_view query) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(),
                                          query.data(),
                                          static_cast<int>(query.size()),
                                          SQLITE_PREPARE_PERSISTENT,
                                          &statement,
                                          nullptr);
    if (result != SQLITE_OK) {
        return error_of(handle_.get());
    }
    return Statement{statement};
}

Result<std::int64_t> Connection::ask(std::string_view query) {
    auto statement = prepare(query);
    if (statement.has_error()) {
        return statement.error();
    }
    const auto row = statement->step();
    if (row.has_error()) {
        return row.error();
    }
    return *row ? statement->number_at(0) : 0;
}

Result<void> Connection::check() {
    auto statement = prepare("PRAGMA quick_check(1)");
    if (statement.has_error()) return statement.error();
    const auto row = statement->step();
    if (row.has_error()) return row.error();
    const std::string found{statement->text_at(0)};
    if (found == "ok") return {};
    Error error{Errc::unavailable, "the store is damaged: " + found};
    error.code = SQLITE_CORRUPT;
    return error;
}

}  // namespace gateway::sqlite
