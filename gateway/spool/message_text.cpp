#include "gateway/spool/message_text.hpp"

#include <nlohmann/json.hpp>

#include "gateway/payload.hpp"

namespace gateway::spool {
namespace {

using Json = nlohmann::json;

// What is as usual is left out: most messages of devices are a few bytes.

template <typename Value>
void put(Json& object, const char* name, const Value& value) {
    if (value != Value{}) object[name] = value;
}

Json pairs(const std::vector<NameValue>& values) {
    Json list = Json::array();
    for (const auto& [name, value] : values)
        list.push_back({name, value});
    return list;
}

std::vector<NameValue> pairs_of(const Json& list) {
    std::vector<NameValue> values;
    for (const Json& pair : list)
        values.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
    return values;
}

Json described(const MqttProperties& mqtt) {
    Json object = Json::object();
    put(object, "qos", mqtt.qos);
    put(object, "retain", mqtt.retain);
    put(object, "retain_known", mqtt.retain_known);
    put(object, "duplicate", mqtt.duplicate);
    put(object, "replayed", mqtt.replayed);
    put(object, "unmarked", mqtt.unmarked);
    if (mqtt.expiry) object["expiry"] = *mqtt.expiry;
    put(object, "content_type", mqtt.content_type);
    put(object, "response_topic", mqtt.response_topic);
    put(object, "correlation", base64(mqtt.correlation_data));
    if (!mqtt.user.empty()) object["user"] = pairs(mqtt.user);
    return object;
}

MqttProperties mqtt_of(const Json& object) {
    MqttProperties mqtt;
    mqtt.qos = object.value("qos", 0);
    mqtt.retain = object.value("retain", false);
    mqtt.retain_known = object.value("retain_known", false);
    mqtt.duplicate = object.value("duplicate", false);
    mqtt.replayed = object.value("replayed", false);
    mqtt.unmarked = object.value("unmarked", false);
    if (object.contains("expiry")) mqtt.expiry = object["expiry"].get<std::uint32_t>();
    mqtt.content_type = object.value("content_type", "");
    mqtt.response_topic = object.value("response_topic", "");
    mqtt.correlation_data = from_base64(object.value("correlation", "")).value_or("");
    mqtt.user = pairs_of(object.value("user", Json::array()));
    return mqtt;
}

Json described(const HappnProperties& happn) {
    Json object = Json::object();
    put(object, "meta", happn.meta);
    put(object, "initial", happn.initial);
    return object;
}

HappnProperties happn_of(const Json& object) {
    return {object.value("meta", ""), object.value("initial", false)};
}

void restore_from(Message& message, const Json& description) {
    if (description.contains("mqtt")) message.properties = mqtt_of(description["mqtt"]);
    if (description.contains("happn")) message.properties = happn_of(description["happn"]);
    message.action = description.value("remove", false) ? Action::remove : Action::set;
    message.origin.gateway_id = description.value("gateway", "");
    message.origin.hops = description.value("hops", 0);
    message.payload.encoding = static_cast<Encoding>(description.value("encoding", 0));
    message.payload.content_type = description.value("content_type", "");
}

}  // namespace

std::string describe(const Message& message) {
    Json object = Json::object();
    if (const auto* mqtt = std::get_if<MqttProperties>(&message.properties))
        object["mqtt"] = described(*mqtt);
    if (const auto* happn = std::get_if<HappnProperties>(&message.properties))
        object["happn"] = described(*happn);
    put(object, "remove", message.action == Action::remove);
    put(object, "gateway", message.origin.gateway_id);
    put(object, "hops", message.origin.hops);
    put(object, "encoding", static_cast<int>(message.payload.encoding));
    put(object, "content_type", message.payload.content_type);
    return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<void> restore(Message& message, std::string_view description) {
    try {
        restore_from(message, Json::parse(description));
        return {};
    } catch (const Json::exception& error) {
        return Error{Errc::bad_request, std::string{"what is kept of a message: "} + error.what()};
    }
}

}  // namespace gateway::spool
