#include "adapters/happn/node/gateway_client.hpp"

#include <utility>

#include "adapters/happn/get_request.hpp"
#include "adapters/happn/node/mesh_layer.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/loop_mark.hpp"

namespace happn::node {

namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Outcome;

gateway::Payload json_payload(std::string text) {
    return gateway::Payload{gateway::Bytes{std::move(text)}, gateway::Encoding::json, "application/json"};
}

Outcome bad_path(std::string_view path) {
    return Outcome{Error{Errc::bad_request, "not a path of happn: " + std::string{path}}};
}

}  // namespace

Performed GatewayClient::perform(const gateway::Output& output,
                                 const gateway::HappnTarget& target,
                                 std::uint64_t ticket) {
    using Verb = gateway::HappnTarget::Verb;
    if (target.verb == Verb::get) {
        return {get(output, target)};
    }
    if (target.verb == Verb::remove) {
        return remove(output, target, ticket);
    }
    if (output.action == gateway::Action::set) {
        return set(output, target, ticket);
    }
    return target.remove_on_remove || target.remove_on_empty ? remove(output, target, ticket) : Performed{};
}

Performed GatewayClient::set(const gateway::Output& output,
                             const gateway::HappnTarget& target,
                             std::uint64_t ticket) {
    if (!legal_set_path(output.address) || output.address.size() > max_path) {
        return {bad_path(output.address)};
    }
    RequestOptions options;
    options.no_store = target.no_store;
    options.merge = target.merge;
    const auto written = hub_.data().write(output.address, stored_form(wrapped(output.payload)), options);
    if (written.has_error()) {
        return {Outcome{written.error()}};
    }
    Publication publication;
    publication.data = written->data;
    publication.times = written->times ? &*written->times : nullptr;
    publication.ticket = ticket;
    return publish(publication, output, target, Outcome{unwrapped(written->data)});
}

Outcome GatewayClient::get(const gateway::Output& output, const gateway::HappnTarget& target) const {
    const auto found = hub_.data().read(output.address, query::select_options(output.options));
    return found.has_error() ? Outcome{found.error()} : get_outcome(output.address, *found, target.with_meta);
}

Performed GatewayClient::remove(const gateway::Output& output,
                                const gateway::HappnTarget& target,
                                std::uint64_t ticket) {
    if (!legal_path(output.address) || output.address.size() > max_path) {
        return {bad_path(output.address)};
    }
    const auto erased = hub_.data().erase(output.address);
    if (erased.has_error()) {
        return {Outcome{erased.error()}};
    }
    const auto removed = std::to_string(*erased);
    const auto data = "{\"removed\":" + removed + "}";
    Publication publication;
    publication.word = ChannelWord::remove;
    publication.data = data;
    publication.timestamp = gateway::wall_now();
    publication.ticket = ticket;
    return publish(publication, output, target, Outcome{json_payload(removed)});
}

/// `outcome`: if the publication gets where it should.
Performed GatewayClient::publish(Publication publication,
                                 const gateway::Output& output,
                                 const gateway::HappnTarget& target,
                                 Outcome outcome) {
    if (target.no_publish) {
        return {std::move(outcome)};
    }
    auto& state = hub_.state();
    std::string meta;
    ObjectWriter{meta}
        .spread(output.meta)
        .text(gateway::loop_mark_name, gateway::loop_mark(gateway_id_, output.hops))
        .end();
    const auto origin = gateway_origin(state);
    const auto event = std::to_string(++state.last_event);
    publication.path = output.address;
    publication.meta = meta;
    publication.consistency = static_cast<int>(target.consistency);
    publication.publisher = state.gateway_session;
    publication.event_id = event;
    publication.event_origin = origin;
    const auto results = hub_.publisher().publish(publication, gateway::Clock::now());
    const bool must_wait = publication.consistency == consistency_acknowledged && results.successful > 0;
    if (must_wait && !results.unacknowledged) {
        return {Outcome{Error{Errc::overloaded, "too many publications wait for their subscribers"}}};
    }
    return {std::move(outcome), results.unacknowledged};
}

}  // namespace happn::node
