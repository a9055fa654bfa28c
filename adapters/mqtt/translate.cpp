#include "adapters/mqtt/translate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/mqtt/topic.hpp"
#include "gateway/json.hpp"
#include "gateway/loop_mark.hpp"
#include "gateway/route.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::size_t packet_overhead = 64;   // fixed header, lengths and property identifiers, rounded up
constexpr std::size_t property_overhead = 5;  // identifier and two lengths

/// The gateway's own words, which no message may carry on to others.
bool reserved_property(const std::string& name) {
    return name == token_property || name == loop_mark_name;
}

Bytes error_body(const Error& error) {
    std::string body = R"({"error":{"name":)";
    json::append_quoted(body, error.name);
    body += fmt::format(R"(,"code":{},"message":)", error.code);
    json::append_quoted(body, error.message);
    body += "}}";
    return Bytes{std::move(body)};
}

}  // namespace

Message to_message(Arrival arrival, std::string broker) {
    Message message;
    message.connection = std::move(broker);
    message.address = std::move(arrival.topic);
    message.payload = Payload{std::move(arrival.payload), Encoding::raw, arrival.content_type};
    message.principal = Principal::service();
    MqttProperties properties;
    properties.qos = arrival.qos;
    properties.retain = arrival.retain;
    properties.duplicate = arrival.duplicate;
    properties.expiry = arrival.expiry;
    properties.content_type = std::move(arrival.content_type);
    properties.response_topic = std::move(arrival.response_topic);
    properties.correlation_data = std::move(arrival.correlation_data);
    for (auto& [name, value] : arrival.user) {
        if (name == token_property) {
            message.principal = Principal::bearer(Secret{std::move(value)});
        } else if (name == loop_mark_name) {
            message.origin = read_loop_mark(value);
        } else {
            properties.user.emplace_back(std::move(name), std::move(value));
        }
    }
    message.properties = std::move(properties);
    return message;
}

Publication to_publication(const Output& output, Protocol protocol, std::string_view gateway_id) {
    const auto& rule = std::get<MqttTarget>(output.target->rule);
    Publication publication;
    publication.topic = output.address;
    publication.qos = rule.qos;
    publication.retain = rule.retain;
    publication.deadline = output.deadline;
    if (output.action == Action::remove) {
        publication.retain = true;  // an empty retained message clears the topic (MQTT 5.0 section 3.3.1.3)
    } else {
        publication.payload = output.payload.bytes;
    }
    if (protocol != Protocol::v5) return publication;
    publication.expiry = rule.expiry;
    publication.content_type =
        output.content_type.empty() ? output.payload.content_type : output.content_type;
    std::ranges::copy_if(output.user, std::back_inserter(publication.user), [](const NameValue& property) {
        return !reserved_property(property.first);
    });
    publication.user.emplace_back(loop_mark_name, loop_mark(gateway_id, output.hops));
    return publication;
}

Publication to_answer(const MqttProperties& request,
                      Response response,
                      const Origin& origin,
                      std::string_view gateway_id) {
    Publication publication;
    publication.topic = request.response_topic;
    publication.correlation_data = request.correlation_data;
    publication.qos = request.qos;
    publication.payload = response.body.bytes;
    publication.content_type = response.body.content_type;
    publication.user = std::move(response.user);
    if (response.error) {
        if (publication.payload.empty()) publication.payload = error_body(*response.error);
        if (publication.content_type.empty()) publication.content_type = "application/json";
        publication.user.emplace_back(error_property, response.error->name);
        publication.user.emplace_back(reason_property, response.error->message);
    } else if (publication.content_type.empty() && response.body.encoding == Encoding::json) {
        publication.content_type = "application/json";
    }
    std::erase_if(publication.user,
                  [](const NameValue& property) { return reserved_property(property.first); });
    publication.user.emplace_back(loop_mark_name, loop_mark(gateway_id, origin.hops + 1));
    return publication;
}

std::optional<Error> refusal(const Publication& publication, const ServerLimits& limits) {
    const auto refuse = [](std::string why) { return Error{Errc::bad_request, std::move(why)}; };
    if (!legal_topic(publication.topic)) return refuse("not a topic that can be published to");
    if (!legal_text(publication.content_type)) return refuse("the content type is not valid text");
    for (const auto& [name, value] : publication.user) {
        if (!legal_text(name) || !legal_text(value))
            return refuse("user property is not valid text or too long");
    }
    const std::size_t size =
        publication.bytes() + packet_overhead + property_overhead * publication.user.size();
    if (size > limits.maximum_packet)
        return refuse(fmt::format("the broker takes {} bytes at most", limits.maximum_packet));
    if (publication.qos > limits.maximum_qos)
        return Error{Errc::refused, fmt::format("the broker takes QoS {} at most", limits.maximum_qos)};
    if (publication.retain && !limits.retain_available)
        return Error{Errc::refused, "the broker does not keep retained messages"};
    return std::nullopt;
}

bool answerable(std::string_view response_topic) {
    return legal_topic(response_topic) && !response_topic.starts_with('$');
}

}  // namespace gateway::mqtt
