// What a broker does for streams of its topics: all of it on a connection of their own.
#include <algorithm>
#include <utility>

#include "adapters/mqtt/mqtt_broker.hpp"
#include "gateway/routing_table.hpp"

namespace gateway::mqtt {
namespace {

bool has_streams_of(const RoutingTable& table, std::string_view broker) {
    const auto is_one = [&](const Target& target) {
        const auto* stream = std::get_if<StreamTarget>(&target.rule);
        const auto* mqtt = stream == nullptr ? nullptr : std::get_if<MqttStream>(&stream->from);
        return mqtt != nullptr && mqtt->broker == broker;
    };
    return std::ranges::any_of(
        table.routes(), [&](const Route& route) { return std::ranges::any_of(route.targets, is_one); });
}

}  // namespace

void Broker::update_streams() {
    if (phase_ == Phase::idle || phase_ >= Phase::stopping) return;
    const bool wanted = has_streams_of(*table_, settings_.name);
    if (wanted && !streams_) {
        streams_ =
            std::make_unique<StreamConnection>(shard_, settings_, stream_client_id(), dispatcher_, metrics_);
    } else if (!wanted && streams_) {
        streams_->end_all(Error{Errc::cancelled, "the route has been removed"});
        streams_.reset();
    }
}

void Broker::deliver_stream(DeliveryId id, const StreamTarget& stream, const Output& output) {
    if (!streams_) return outcome(id, Outcome{unavailable()});
    streams_->open(id, stream, output);
}

std::optional<StreamItem> Broker::next_stored(DeliveryId id) {
    return streams_ ? streams_->next_stored(id) : std::nullopt;
}

}  // namespace gateway::mqtt
