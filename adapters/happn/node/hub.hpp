// The happn server without its sockets: takes a client's text frames and the time, and sends what follows
// through the sessions' links (gateway::WebsocketLink, which only queues). Everything that is not about
// components and routes is here. Owned by the Node; shard's thread. Bad input is dropped, counted and logged,
// or answered as an error; nothing throws.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "adapters/happn/node/data_actions.hpp"
#include "adapters/happn/node/publisher.hpp"
#include "adapters/happn/node/session_actions.hpp"
#include "adapters/happn/node/state.hpp"
#include "adapters/happn/node/subscription_actions.hpp"
#include "gateway/clock.hpp"
#include "gateway/websocket.hpp"

namespace happn::node {

inline constexpr int max_unanswered_pings = 2;  // closed at the beat after, as happn-3 13 does

class Hub {
public:
    /// `settings.name` is set. `to_gateway` is called during on_text and publish, and must not call back into
    /// the hub. `store` null: one in memory.
    Hub(gateway::NodeSettings settings,
        gateway::Metrics& metrics,
        std::function<void(Published)> to_gateway,
        std::unique_ptr<Store> store = {});

    /// 0: full.
    SessionNumber open(gateway::WebsocketLink& link,
                       const gateway::UpgradeRequest& request,
                       gateway::TimePoint now);
    void on_text(SessionNumber number, std::string_view text, gateway::TimePoint now);
    /// The socket has gone: the session's subscriptions with it.
    void closed(SessionNumber number);

    /// Pings, and ends who has been silent for too long. To be called every few seconds, and at least once
    /// in `settings.keep_alive`.
    void on_tick(gateway::TimePoint now);
    /// Closes every session so that its client reconnects (to whoever comes next on this port).
    void close_all();

    State& state() { return state_; }
    Publisher& publisher() { return publisher_; }
    DataActions& data() { return data_; }

private:
    void on_unreadable(Session& session, std::string_view text);
    void on_control(Session& session, std::string_view control);
    void on_request(Session& session, const Frame& request, gateway::TimePoint now);
    bool on_data_action(Session& session, const Frame& request, gateway::TimePoint now);
    bool on_session_action(Session& session, const Frame& request);
    void beat(gateway::TimePoint now);

    State state_;
    Publisher publisher_;
    DataActions data_;
    SubscriptionActions subscriptions_;
    SessionActions sessions_;
    std::optional<gateway::TimePoint> next_beat_;
};

}  // namespace happn::node
