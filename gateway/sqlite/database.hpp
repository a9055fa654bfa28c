// A database file that one process has for itself: write-ahead log, synchronous=NORMAL (what has been
// committed survives the death of the process; a power cut may cost the last commits, never the file),
// checkpoints on a thread of their own. One thread at a time uses its connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/error.hpp"
#include "gateway/sqlite/checkpointer.hpp"
#include "gateway/sqlite/connection.hpp"
#include "gateway/sqlite/file_lock.hpp"

namespace gateway::sqlite {

/// Whose file it is: what stands in its header, and what a new one is made by.
struct Format {
    std::int32_t application_id;
    std::int32_t version;
    const char* schema;  // statements
};

/// What becomes of a file that is damaged.
enum class OnDamage { refuse, set_aside };

class Database {
public:
    /// Makes the file if there is none. With OnDamage::set_aside all of it is read and, if it is damaged,
    /// renamed (damage.hpp) and a new one made. Beside `file` there will be `file`-wal, -shm and .lock.
    /// Errors (Errc::unavailable, with the file's name): there is no such folder; it is no such database,
    /// made by a later version, in use by another process, or cannot be read and written.
    static Result<std::unique_ptr<Database>> open(const std::string& file,
                                                  const Format& format,
                                                  OnDamage on_damage = OnDamage::refuse);

    Connection& connection() { return connection_; }
    /// What was damaged and is renamed: where it is now, and what was wrong; empty: nothing was.
    const std::string& set_aside() const { return set_aside_; }

private:
    Database(FileLock lock,
             Connection connection,
             std::unique_ptr<Checkpointer> checkpointer,
             std::string set_aside);
    static Result<std::unique_ptr<Database>> open_resolved(const std::string& file,
                                                           const Format& format,
                                                           OnDamage on_damage);
    void on_commit(int log_pages);

    FileLock lock_;
    Connection connection_;
    std::unique_ptr<Checkpointer> checkpointer_;
    std::string set_aside_;
};

}  // namespace gateway::sqlite
