// One session as a client: the protocol (SessionFsm), its calls (Exchange) and the socket beside them, wired
// together. Made by RemoteMesh for the gateway's own user and by UserSessions for everybody else. On the
// io_context's thread. start() again after it has ended. Do not destroy it from within its own callbacks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <string>
#include <utility>

#include "adapters/happn/channel_listeners.hpp"
#include "adapters/happn/connection.hpp"
#include "adapters/happn/exchange.hpp"
#include "adapters/happn/query/pushdown.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn {

class ClientSession final : SessionPort, ConnectionEvents {
public:
    ClientSession(boost::asio::io_context& io,
                  Destination destination,
                  SessionSettings settings,
                  gateway::Metrics& metrics);
    ~ClientSession() override = default;

    /// `ready`: each time the session has been set up. `ended`: each time it was lost or could not be set up.
    void watch(std::function<void()> ready, std::function<void(const Ending&)> ended);

    void start();
    /// From the next start() on.
    void go_to(Destination destination) { destination_ = std::move(destination); }
    const Destination& destination() const { return destination_; }
    /// Ends it without `ended`; all that waits fails with Unavailable.
    void stop();

    void call(ExchangeCall call, gateway::TimePoint deadline, Exchange::OnOutcome done);
    /// As SessionFsm::ask, refused with Overloaded while the mesh does not read what has been sent.
    void ask(const SessionFsm::Ask& ask, gateway::TimePoint deadline, SessionFsm::OnAnswer done);
    /// As SessionFsm::ask_acknowledged, refused in the same way.
    void ask_acknowledged(const SessionFsm::Ask& ask,
                          gateway::TimePoint deadline,
                          SessionFsm::OnAnswer accepted,
                          SessionFsm::OnAcknowledged acknowledged);

    /// What keeps the mesh's items: as its dialect lets guess, until store_is(); guessed anew at each login.
    query::Store store() const { return store_; }
    void store_is(query::Store store) { store_ = store; }

    bool ready() const { return session_.ready(); }
    bool busy() const { return exchange_.pending() > 0 || session_.pending() > 0 || !listeners_.empty(); }
    SessionFsm& session() { return session_; }
    const SessionFsm& session() const { return session_; }
    Exchange& exchange() { return exchange_; }
    ChannelListeners& listeners() { return listeners_; }

private:
    // SessionPort
    void send(std::string frame) override;
    void drop() override;
    void on_ready() override;
    void count(std::string_view name) override;
    gateway::TimePoint now() const override { return gateway::Clock::now(); }
    // ConnectionEvents
    void on_open() override;
    void on_text(std::string_view text) override;
    void on_timer() override;
    void on_closed(std::string_view why) override;

    void arm();
    bool overloaded() const;

    Destination destination_;
    gateway::Metrics& metrics_;
    SessionFsm session_;
    ChannelListeners listeners_{session_};
    Exchange exchange_;
    query::Store store_ = query::Store::loki;
    std::function<void()> ready_;
    std::function<void(const Ending&)> ended_;
    Connection connection_;
};

}  // namespace happn
