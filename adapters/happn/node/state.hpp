// What the parts of the node share: sessions, subscriptions, store. Owned by the hub; shard's thread. Sending
// never calls back into the node: a link only queues, and tells of its end later.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/happn/node/session.hpp"
#include "adapters/happn/node/store/store.hpp"
#include "adapters/happn/node/subscriptions.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn::node {

inline constexpr std::size_t max_path = 4096;       // bytes of a path or channel
inline constexpr std::size_t max_kept_json = 2048;  // of `info`, which is refused if it is longer, and of
                                                    // subscription options, which are not kept then
inline constexpr std::uint16_t close_going_away = 1001;  // RFC 6455 section 7.4.1
inline constexpr std::uint16_t close_policy = 1008;

/// A publication that concerns the gateway itself: a route of its table or the reader of a stream listens, or
/// it is an exchange request. Owns all.
struct Published {
    ChannelWord word = ChannelWord::set;
    std::string path;
    std::string data;           // JSON, as published
    std::string meta;           // the publication's _meta, without channel
    std::string mark;           // options.meta.hg: who sent it on, and how often that has happened
    SessionNumber session = 0;  // who published; 0: the gateway
    std::string session_id;
    bool for_routes = false;
    std::string publication_id;        // if the routes' acknowledgement is waited for; else empty
    std::vector<SessionNumber> feeds;  // readers of streams that listen
    bool request_taken = false;        // an exchange request that another session has subscribed to
};

struct State {
    State(gateway::NodeSettings node_settings, std::unique_ptr<Store> items, gateway::Metrics& counters);

    Session* find(SessionNumber number);
    /// Queues a frame. A reader that is too slow is closed instead.
    void send(Session& session, gateway::Bytes frame);
    void send(Session& session, std::string frame) { send(session, gateway::Bytes{std::move(frame)}); }
    void close(Session& session, std::uint16_t code);

    std::string reference_text(std::uint64_t reference) const;
    /// 0: not one of ours.
    std::uint64_t reference_number(std::string_view text) const;

    gateway::NodeSettings settings;
    gateway::Metrics& metrics;
    std::unique_ptr<Store> store;
    Subscriptions subscriptions;
    std::unordered_map<SessionNumber, std::unique_ptr<Session>> sessions;
    std::string gateway_session;  // id of the node's own, internal client
    std::string public_key;  // shown to old clients; payloads are never encrypted, so nothing is done with it
    std::string reference_prefix;
    SessionNumber last_session = 0;
    std::uint64_t last_reference = 0;
    std::uint64_t last_event = 0;  // of the internal client
    std::function<void(Published)> to_gateway;
    /// The subscribers of a publication of the gateway's have all acknowledged it, or not in time. As
    /// to_gateway, it must not call back into the hub.
    std::function<void(std::uint64_t ticket, bool by_all)> on_acknowledged;
};

}  // namespace happn::node
