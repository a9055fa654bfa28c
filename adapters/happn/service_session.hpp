// The gateway's own session on a remote mesh: connects, comes back by itself with growing pauses, to the next
// of the mesh's nodes where it has several, and knows what the mesh says about itself. Owned by RemoteMesh;
// on the shard's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "adapters/happn/backoff.hpp"
#include "adapters/happn/client_session.hpp"
#include "adapters/happn/description_reader.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn {

class ServiceSession {
public:
    ServiceSession(boost::asio::io_context& io,
                   const gateway::MeshSettings& settings,
                   gateway::Metrics& metrics);
    ~ServiceSession();

    /// `joined`: each time the session is ready. `lost`: each time it is not any more.
    void watch(std::function<void()> joined, std::function<void()> lost);
    void start();
    void stop();

    ClientSession& session() { return session_; }
    const SessionFacts& facts() const { return session_.session().facts(); }
    bool ready() const { return session_.ready(); }
    /// Has it been joined at least once? Before that facts() says nothing.
    bool known() const { return ever_ready_; }
    const DescriptionPtr& description() const { return reader_.description(); }
    void refresh_description(gateway::TimePoint deadline, DescriptionReader::OnRead done) {
        reader_.refresh(deadline, std::move(done));
    }
    std::string domain() const;
    std::uint64_t reconnects() const { return reconnects_; }
    /// What is missing until the mesh can be used; empty: nothing.
    std::string trouble() const;

private:
    void on_ready();
    void on_ended(const Ending& ending);
    void log_ending(const Ending& ending, gateway::Duration pause) const;
    void arm_reader();

    const gateway::MeshSettings& settings_;
    std::vector<Destination> destinations_;  // of the mesh's nodes
    std::size_t at_ = 0;                     // which of them
    ClientSession session_;
    DescriptionReader reader_;
    boost::asio::steady_timer reconnect_;
    boost::asio::steady_timer read_again_;
    Backoff backoff_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::mt19937 random_;
    std::function<void()> joined_;
    std::function<void()> lost_;
    std::string last_trouble_;
    bool stopped_ = false;
    bool ever_ready_ = false;
    bool was_up_ = false;
    std::uint64_t reconnects_ = 0;
};

}  // namespace happn
