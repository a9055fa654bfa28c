// The streams that readers have open on a remote mesh: each is a feed over its reader's own session. When
// that session is lost, the feed waits for a new one and goes on behind the last item it brought; when the
// mesh refuses, at once or later, the stream ends with the mesh's words. Owned by RemoteMesh; on the shard's
// thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/happn/client_session.hpp"
#include "adapters/happn/feed.hpp"
#include "adapters/happn/user_sessions.hpp"
#include "gateway/dispatcher.hpp"

namespace happn {

class MeshFeeds {
public:
    using Sessions = std::function<void(
        const gateway::Principal& who, gateway::TimePoint deadline, UserSessions::OnSession done)>;

    MeshFeeds(boost::asio::io_context& io, gateway::Dispatcher& dispatcher, Sessions sessions);
    ~MeshFeeds();

    void open(gateway::DeliveryId id, const gateway::StreamTarget& rule, gateway::Output output);
    std::optional<gateway::StreamItem> next_stored(gateway::DeliveryId id);
    /// Its reader has gone.
    void forget(gateway::DeliveryId id);

    /// The mesh has been joined (again): feeds that wait for a session need not wait any longer.
    void on_joined();
    /// This session is over, or will be as soon as this returns.
    void on_lost(const ClientSession* session);
    /// Ends those of the readers who have shown this token.
    void log_out(const gateway::Secret& token);
    void close_all();
    std::size_t size() const { return feeds_.size(); }

private:
    struct Open;
    using Feeds = std::map<gateway::DeliveryId, std::unique_ptr<Open>>;

    Open* find(gateway::DeliveryId id);
    void attempt(gateway::DeliveryId id, gateway::TimePoint deadline);
    void listen(gateway::DeliveryId id, ClientSession& session, gateway::TimePoint deadline);
    void fetch_stored(gateway::DeliveryId id, gateway::TimePoint deadline);
    void on_stored(gateway::DeliveryId id, const SessionFsm::Answer& answer);
    void go_live(gateway::DeliveryId id);
    void on_publication(gateway::DeliveryId id, const Publication& publication);
    void fail(gateway::DeliveryId id, const gateway::Error& error);
    void end(gateway::DeliveryId id, gateway::Error error);
    void leave(Open& open);
    void wait(Open& open);
    void arm();

    boost::asio::io_context& io_;
    gateway::Dispatcher& dispatcher_;
    Sessions sessions_;
    Feeds feeds_;
    std::size_t waiting_ = 0;  // feeds that have no session
    boost::asio::steady_timer retry_;
    gateway::Duration pause_;
    bool armed_ = false;
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace happn
