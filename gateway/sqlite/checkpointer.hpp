// Moves what has been committed from a database's write-ahead log into its file, on a thread and a connection
// of its own: a checkpoint syncs the disk, and whoever writes must not wait for that.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/sqlite/connection.hpp"

namespace gateway::sqlite {

class Checkpointer {
public:
    static Result<std::unique_ptr<Checkpointer>> start(const std::string& file);
    /// Ends the thread, after the checkpoint that is under way.
    ~Checkpointer();

    /// Any thread; returns at once. Calls during a checkpoint lead to one more.
    void wake();

private:
    explicit Checkpointer(Connection connection);
    void run();

    Connection connection_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool wanted_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace gateway::sqlite
