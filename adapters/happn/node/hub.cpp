#include "adapters/happn/node/hub.hpp"

#include <utility>

#include "adapters/happn/node/store/memory_store.hpp"
#include "adapters/happn/node/too_deep.hpp"
#include "gateway/identity.hpp"
#include "gateway/json.hpp"
#include "gateway/log.hpp"

namespace happn::node {

namespace {

constexpr std::size_t max_kept_url = 256;
constexpr std::size_t max_pong = 64;  // of the argument that is sent back
constexpr std::string_view ping_word = "primus::ping::";
constexpr std::string_view id_word = "primus::id::";

constexpr std::string_view old_goodbye =
    R"({"_meta":{"type":"system"},"eventKey":"server-side-disconnect","data":"server-side-disconnect","__outbound":true})";

}  // namespace

Hub::Hub(gateway::NodeSettings settings,
         gateway::Metrics& metrics,
         std::function<void(Published)> to_gateway,
         std::unique_ptr<Store> store)
    : state_{settings,
             store ? std::move(store) : std::make_unique<MemoryStore>(limits_of(settings)),
             metrics},
      publisher_{state_},
      data_{state_, publisher_},
      subscriptions_{state_, data_},
      sessions_{state_, publisher_} {
    state_.to_gateway = std::move(to_gateway);
}

SessionNumber Hub::open(gateway::WebsocketLink& link,
                        const gateway::UpgradeRequest& request,
                        gateway::TimePoint now) {
    if (state_.sessions.size() >= state_.settings.max_sessions) {
        state_.metrics.count("node_sessions_refused");
        return 0;
    }
    auto session = std::make_unique<Session>();
    session->number = ++state_.last_session;
    session->id = gateway::random_uuid();
    session->link = &link;
    session->last_heard = now;
    session->ip = request.ip;
    session->port = request.port;
    session->url = request.target.substr(0, max_kept_url);
    const auto number = session->number;
    state_.sessions.emplace(number, std::move(session));
    state_.metrics.gauge("node_sessions", static_cast<double>(state_.sessions.size()));
    return number;
}

void Hub::closed(SessionNumber number) {
    state_.subscriptions.remove_all(number);
    publisher_.on_session_closed(number);
    state_.sessions.erase(number);
    state_.metrics.gauge("node_sessions", static_cast<double>(state_.sessions.size()));
}

void Hub::on_text(SessionNumber number, std::string_view text, gateway::TimePoint now) {
    Session* session = state_.find(number);
    if (session == nullptr || session->closing) {
        return;
    }
    session->last_heard = now;
    session->unanswered_pings = 0;
    const auto frame = Frame::parse(text);
    if (!frame) {
        return on_unreadable(*session, text);
    }
    if (frame->kind == Frame::Kind::control) {
        return on_control(*session, frame->control);
    }
    if (frame->kind != Frame::Kind::object) {
        state_.metrics.count("node_unknown_frames");
        return;
    }
    ++session->messages;
    on_request(*session, *frame, now);
}

/// Dropped, as happn does, unless it is a limit of this node's that keeps a request from being read.
void Hub::on_unreadable(Session& session, std::string_view text) {
    state_.metrics.count("node_malformed_frames");
    if (const auto request = without_depth(text)) {
        const auto depth = std::to_string(gateway::json::max_depth);
        const Refusal refusal{"Error", "the request is nested deeper than " + depth + " levels", 0, {}};
        return state_.send(session, error_response(session, *Frame::parse(*request), refusal));
    }
    if (!std::exchange(session.malformed, true)) {
        gateway::log::warn(
            "node: session {} from {} sent {} bytes that are no JSON, dropped; more are only counted",
            session.id,
            session.ip,
            text.size());
    }
}

void Hub::on_control(Session& session, std::string_view control) {
    if (control.starts_with(ping_word)) {
        state_.send(session, write_control("pong", control.substr(ping_word.size()).substr(0, max_pong)));
    } else if (control.starts_with(id_word)) {
        state_.send(session, write_control("id", session.id));
    }
}

void Hub::on_request(Session& session, const Frame& request, gateway::TimePoint now) {
    if (!request.encrypted.empty()) {
        const Refusal refusal{"Error", "Encrypted payloads are no longer supported", 0, {}};
        return state_.send(session, error_response(session, request, refusal));
    }
    if (on_data_action(session, request, now) || on_session_action(session, request)) {
        return;
    }
    state_.metrics.count("node_unknown_actions");
    if (session.dialect.old()) {
        state_.send(session, ok_response(session, request, "null"));
    }
}

bool Hub::on_data_action(Session& session, const Frame& request, gateway::TimePoint now) {
    const auto action = request.action;
    if (request.path.size() > max_path) {
        state_.send(session, error_response(session, request, *path_refusal(session, request)));
    } else if (action == "set") {
        data_.set(session, request, now);
    } else if (action == "get") {
        data_.get(session, request);
    } else if (action == "on") {
        subscriptions_.on(session, request);
    } else if (action == "off") {
        subscriptions_.off(session, request);
    } else if (action == "remove") {
        data_.remove(session, request, now);
    } else if (action == "count") {
        data_.count(session, request);
    } else {
        return false;
    }
    return true;
}

bool Hub::on_session_action(Session& session, const Frame& request) {
    static constexpr std::pair<std::string_view, void (SessionActions::*)(Session&, const Frame&)> actions[] =
        {
            {"ack", &SessionActions::ack},
            {"configure-session", &SessionActions::configure},
            {"describe", &SessionActions::describe},
            {"login", &SessionActions::login},
            {"request-nonce", &SessionActions::request_nonce},
            {"disconnect", &SessionActions::disconnect},
            {"revoke-session", &SessionActions::revoke_session},
            {"revoke-token", &SessionActions::revoke_token},
        };
    for (const auto& [name, action] : actions) {
        if (request.action == name) {
            (sessions_.*action)(session, request);
            return true;
        }
    }
    return false;
}

void Hub::on_tick(gateway::TimePoint now) {
    publisher_.on_tick(now);
    if (!next_beat_) {
        next_beat_ = now + state_.settings.keep_alive;
    }
    if (now >= *next_beat_) {
        next_beat_ = now + state_.settings.keep_alive;
        beat(now);
    }
}

void Hub::beat(gateway::TimePoint now) {
    const gateway::Bytes ping{write_control("ping", std::to_string(gateway::wall_now()))};
    for (auto& [number, session] : state_.sessions) {
        if (session->closing) {
            continue;  // it has been told, or cannot be
        }
        const bool silent = session->dialect.pinged()
                                ? session->unanswered_pings >= max_unanswered_pings
                                : now - session->last_heard >= state_.settings.max_silence;
        if (silent) {
            state_.metrics.count("node_silent_sessions");
            state_.close(*session, close_going_away);
        } else if (session->dialect.pinged()) {
            ++session->unanswered_pings;
            state_.send(*session, ping);
        }
    }
}

/// Without "primus::server::close", which would tell clients to stay away.
void Hub::close_all() {
    for (auto& [number, session] : state_.sessions) {
        if (session->dialect.old()) {
            state_.send(*session, gateway::Bytes::literal(old_goodbye));
        }
        state_.close(*session, close_going_away);
    }
}

}  // namespace happn::node
