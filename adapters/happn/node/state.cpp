#include "adapters/happn/node/state.hpp"

#include <utility>

#include "adapters/happn/frame.hpp"
#include "gateway/identity.hpp"
#include "gateway/log.hpp"
#include "gateway/payload.hpp"

namespace happn::node {

namespace {

constexpr std::size_t point_bytes = 33;  // a compressed secp256k1 point, by its size
constexpr std::size_t prefix_bytes = 11;

}  // namespace

State::State(gateway::NodeSettings node_settings, std::unique_ptr<Store> items, gateway::Metrics& counters)
    : settings{std::move(node_settings)},
      metrics{counters},
      store{std::move(items)},
      gateway_session{gateway::random_uuid()},
      public_key{gateway::base64(gateway::random_hex(point_bytes).substr(0, point_bytes))},
      reference_prefix{gateway::random_hex(prefix_bytes)} {}

Session* State::find(SessionNumber number) {
    const auto found = sessions.find(number);
    return found == sessions.end() ? nullptr : found->second.get();
}

void State::send(Session& session, gateway::Bytes frame) {
    if (session.closing) {
        return;
    }
    if (session.link->backlog() > settings.max_backlog) {
        gateway::log::warn("node: session {} reads too slowly, closed", session.id);
        metrics.count("node_slow_readers");
        close(session, close_policy);
        return;
    }
    session.link->send(std::move(frame));
}

void State::close(Session& session, std::uint16_t code) {
    if (!session.closing) {
        session.closing = true;
        session.link->close(code);
    }
}

std::string State::reference_text(std::uint64_t reference) const {
    return reference_prefix + '-' + std::to_string(reference);
}

std::uint64_t State::reference_number(std::string_view text) const {
    if (text.size() <= reference_prefix.size() + 1 || !text.starts_with(reference_prefix) ||
        text[reference_prefix.size()] != '-') {
        return 0;
    }
    return as_unsigned(text.substr(reference_prefix.size() + 1)).value_or(0);
}

}  // namespace happn::node
