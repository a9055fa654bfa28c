#include "gateway/sqlite/database.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "gateway/sqlite/damage.hpp"

namespace gateway::sqlite {
namespace {

/// Nobody else is to write to the file; whoever writes must not stand still for who does.
constexpr std::chrono::milliseconds patience{20};
constexpr int log_pages_to_move = 1000;       // about 4 MiB: SQLite's own default
constexpr int log_pages_to_wait = 64 * 1000;  // the log grows faster than it is moved: whoever writes helps

constexpr const char* settings = R"(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -16384;
)";

Result<void> make(Connection& connection, const Format& format) {
    const auto header = "PRAGMA application_id = " + std::to_string(format.application_id) +
                        "; PRAGMA user_version = " + std::to_string(format.version) + ";";
    return connection.run(("BEGIN;" + std::string{format.schema} + header + "COMMIT;").c_str());
}

Result<void> prepare_file(Connection& connection, const Format& format) {
    const auto id = connection.ask("PRAGMA application_id");
    if (id.has_error()) return id.error();
    const auto tables = connection.ask("SELECT count(*) FROM sqlite_schema");
    const auto version = connection.ask("PRAGMA user_version");
    if (tables.has_error()) return tables.error();
    if (version.has_error()) return version.error();
    if (*id != format.application_id && (*id != 0 || *tables != 0))
        return Error{Errc::unavailable, "this is the database of another program"};
    if (*version > format.version)
        return Error{Errc::unavailable, "made by a later version of happn-gateway"};
    if (auto set = connection.run(settings); set.has_error()) return set.error();
    return *version == 0 ? make(connection, format) : Result<void>{};
}

enum class Check { none, all };

Result<Connection> connect(const std::string& file, const Format& format, Check check) {
    auto connection = Connection::open(file, patience);
    if (connection.has_error()) return connection.error();
    if (const auto ready = prepare_file(*connection, format); ready.has_error()) return ready.error();
    if (check == Check::none) return connection;
    if (const auto checked = connection->check(); checked.has_error()) return checked.error();
    return connection;
}

/// Once what is damaged is out of the way, if it is. `what` is told what that was.
Result<Connection> connect_setting_aside(const std::string& file, const Format& format, std::string& what) {
    if (has_damaged_log(file)) {
        const auto name = set_log_aside(file);
        if (name.has_error()) return name.error();
        what = *name + ": the header of the write-ahead log is damaged";
    }
    auto connection = connect(file, format, Check::all);
    if (!connection.has_error() || !is_damage(connection.error())) return connection;
    const auto name = set_aside(file);
    if (name.has_error()) return name.error();
    what = *name + ": " + connection.error().message;
    return connect(file, format, Check::none);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& file,
                                                 const Format& format,
                                                 OnDamage on_damage) {
    // One file has one lock, whatever links lead to it.
    const auto resolved = std::filesystem::weakly_canonical(file);
    const auto folder = resolved.parent_path();
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        return Error{Errc::unavailable, file + ": there is no folder " + folder.string()};
    auto database = open_resolved(resolved.string(), format, on_damage);
    if (database.has_error()) return Error{Errc::unavailable, file + ": " + database.error().message};
    return database;
}

Result<std::unique_ptr<Database>> Database::open_resolved(const std::string& file,
                                                          const Format& format,
                                                          OnDamage on_damage) {
    auto lock = FileLock::take(file + ".lock");
    if (lock.has_error()) return lock.error();
    std::string set_aside;
    auto connection = on_damage == OnDamage::set_aside ? connect_setting_aside(file, format, set_aside)
                                                       : connect(file, format, Check::none);
    if (connection.has_error()) return connection.error();
    auto checkpointer = Checkpointer::start(file);
    if (checkpointer.has_error()) return checkpointer.error();
    return std::unique_ptr<Database>{new Database{
        *std::move(lock), *std::move(connection), *std::move(checkpointer), std::move(set_aside)}};
}

Database::Database(FileLock lock,
                   Connection connection,
                   std::unique_ptr<Checkpointer> checkpointer,
                   std::string set_aside)
    : lock_{std::move(lock)},
      connection_{std::move(connection)},
      checkpointer_{std::move(checkpointer)},
      set_aside_{std::move(set_aside)} {
    const auto hook = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->on_commit(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection_.get(), hook, this);
}

void Database::on_commit(int log_pages) {
    if (log_pages >= log_pages_to_wait) {
        sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    } else if (log_pages >= log_pages_to_move) {
        checkpointer_->wake();
    }
}

}  // namespace gateway::sqlite
