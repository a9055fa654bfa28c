#include "gateway/sqlite/checkpointer.hpp"

#include <utility>

#include "gateway/log.hpp"

namespace gateway::sqlite {

Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& file) {
    auto connection = Connection::open(file, std::chrono::seconds{5});
    if (connection.has_error()) {
        return connection.error();
    }
    return std::unique_ptr<Checkpointer>{new Checkpointer{*std::move(connection)}};
}

Checkpointer::Checkpointer(Connection connection)
    : connection_{std::move(connection)}, thread_{[this] { run(); }} {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::wake() {
    {
        const std::lock_guard lock{mutex_};
        wanted_ = true;
    }
    changed_.notify_one();
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return wanted_ || ending_; });
        if (ending_) {
            return;
        }
        wanted_ = false;
        lock.unlock();
        if (const auto done = connection_.run("PRAGMA wal_checkpoint(PASSIVE)"); done.has_error()) {
            log::warn("checkpoint of a database: {}", done.error().message);
        }
        lock.lock();
    }
}

}  // namespace gateway::sqlite
