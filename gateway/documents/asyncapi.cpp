#include "gateway/documents/asyncapi.hpp"

#include <algorithm>

#include "gateway/documents/channels.hpp"
#include "gateway/documents/exchange_messages.hpp"
#include "gateway/documents/route_facts.hpp"

namespace gateway::documents {
namespace {

using Kind = Connection::Kind;

constexpr const char* password_scheme = "userPassword";
constexpr const char* bindings_version = "0.2.0";
constexpr std::string_view hidden_component = "security";  // never called by the gateway
constexpr const char* topic = "Topic";
constexpr const char* path = "Path";

// --- messages ------------------------------------------------------------------------------------

const char* content_type(Decode decode) {
    switch (decode) {
        case Decode::json:
            return "application/json";
        case Decode::form:
            return "application/x-www-form-urlencoded";
        case Decode::bytes:
            return "application/octet-stream";
        case Decode::text:
        case Decode::number:
        case Decode::boolean:
            break;
    }
    return "text/plain";
}

Json payload_schema(Decode decode) {
    switch (decode) {
        case Decode::text:
            return schema_of(ValueType::string);
        case Decode::number:
            return schema_of(ValueType::number);
        case Decode::boolean:
            return schema_of(ValueType::boolean);
        case Decode::form:
            return schema_of(ValueType::object);
        case Decode::json:
        case Decode::bytes:
            break;
    }
    return Json::object();
}

/// Message Example Objects: `summary`, as a test's name is a sentence.
void add_example(Json& message, const std::string& name, const std::string& json) {
    if (!json.empty()) message["examples"].push_back({{"summary", name}, {"payload", value_of(json)}});
}

Json incoming(const Route& route, Decode decode) {
    Json message{{"contentType", content_type(decode)}, {"payload", payload_schema(decode)}};
    if (!route.description.empty()) message["summary"] = route.description;
    for (const RouteExample& example : route.examples)
        add_example(message, example.name, example.payload);
    return message;
}

/// What is sent is the target's `body`, the route's `map`, or what came in.
Json outgoing_schema(const Route& route, const Target& target) {
    if (target.body) return schema_of(*target.body);
    if (route.map) return schema_of(*route.map);
    if (const auto* call = std::get_if<CallSource>(&route.source)) return arguments_schema(*call);
    return Json::object();
}

Json outgoing(const Route& route, const Target& target) {
    const bool is_json = target.encode == Encode::as_is || target.encode == Encode::json;
    Json message{{"payload", outgoing_schema(route, target)}};
    if (is_json) message["contentType"] = content_type(Decode::json);
    for (const PayloadExample& example : target.examples)
        add_example(message, example.name, example.json);
    return message;
}

Json answer_message(Json schema) {
    return {{"contentType", content_type(Decode::json)}, {"payload", std::move(schema)}};
}

/// MQTT 5.0 section 4.10; AsyncAPI's MQTT binding has no place for the address of a reply, so that it is
/// given as a header as well.
void make_request(Json& message) {
    message["headers"] = {
        {"type", "object"},
        {"properties",
         {{"responseTopic", {{"type", "string"}, {"description", "MQTT 5 response topic."}}},
          {"correlationData",
           {{"type", "string"}, {"description", "MQTT 5 correlation data, sent back as it is."}}}}}};
    message["bindings"]["mqtt"] = {{"responseTopic", {{"type", "string"}}},
                                   {"bindingVersion", bindings_version}};
}

// --- the document --------------------------------------------------------------------------------

class Builder {
public:
    explicit Builder(const AsyncApiView& view) : view_{view}, channels_{view.connections} {}

    Json build() {
        for (const Route& route : view_.table.routes()) {
            add_source(route);
            for (const Target& target : route.targets)
                add_target(route, target);
        }
        if (view_.mesh != nullptr) add_mesh_methods(*view_.mesh);
        Json root{{"asyncapi", "3.0.0"}, {"info", info()}};
        if (!view_.connections.empty()) root["servers"] = servers();
        root["channels"] = std::move(channels_).json();
        root["operations"] = std::move(operations_);
        if (asks_for_password())
            root["components"]["securitySchemes"][password_scheme] = {
                {"type", "userPassword"}, {"description", "User name and password of the broker or mesh."}};
        return root;
    }

private:
    Json info() const {
        return {{"title", view_.title.empty() ? "happn-gateway" : view_.title},
                {"version", view_.version.empty() ? "0" : view_.version},
                {"description",
                 "Seen from the gateway: it *receives* what you publish for it, and *sends* what you may "
                 "subscribe to or serve."}};
    }

    Json servers() const {
        Json servers = Json::object();
        for (const Connection& connection : view_.connections) {
            Json server{{"host", connection.host}, {"protocol", connection.protocol}};
            if (!connection.protocol_version.empty()) server["protocolVersion"] = connection.protocol_version;
            if (connection.kind == Kind::mesh) {
                server["pathname"] = "/primus";
                server["description"] = "A happn mesh, over websockets.";
            }
            if (connection.password)
                server["security"] =
                    Json::array({{{"$ref", std::string{"#/components/securitySchemes/"} + password_scheme}}});
            servers[server_name(connection.kind, connection.name)] = std::move(server);
        }
        return servers;
    }

    bool asks_for_password() const { return std::ranges::any_of(view_.connections, &Connection::password); }

    /// Adds an operation named after the route.
    Json& add_operation(const std::string& name,
                        const char* action,
                        const MessagePlace& place,
                        const Route& route) {
        Json& operation = operations_[operation_names_.take(name)];
        operation = {{"action", action}, {"channel", place.channel_reference()}};
        if (!route.description.empty()) operation["summary"] = route.description;
        const auto* method = std::get_if<CallSource>(&route.source);
        operation["tags"] = Json::array({{{"name", method == nullptr ? file_of(route) : method->component}}});
        operation["messages"] = Json::array({place.message_reference()});
        return operation;
    }

    static void set_reply(Json& operation, const MessagePlace& place, const char* location) {
        operation["reply"] = {{"channel", place.channel_reference()},
                              {"messages", Json::array({place.message_reference()})}};
        if (location != nullptr) operation["reply"]["address"] = {{"location", location}};
    }

    static void set_mqtt_binding(Json& operation, int qos, std::optional<bool> retain = {}) {
        operation["bindings"]["mqtt"] = {{"qos", qos}, {"bindingVersion", bindings_version}};
        if (retain) operation["bindings"]["mqtt"]["retain"] = *retain;
    }

    // sources

    void add_source(const Route& route) {
        if (const auto* mqtt = std::get_if<MqttSource>(&route.source)) return receive_mqtt(route, *mqtt);
        if (const auto* happn = std::get_if<HappnSource>(&route.source)) return receive_happn(route, *happn);
        if (const auto* call = std::get_if<CallSource>(&route.source)) return receive_call(route, *call);
    }

    void receive_mqtt(const Route& route, const MqttSource& source) {
        Json message = incoming(route, source.decode);
        if (route.answers()) make_request(message);
        const auto place = channels_.add(Kind::broker,
                                         source.broker,
                                         channel_address(source.topic),
                                         topic,
                                         route.name,
                                         std::move(message));
        Json& operation = add_operation(route.name, "receive", place, route);
        set_mqtt_binding(operation, source.qos);
        if (!route.answers()) return;
        const auto reply = channels_.add_unaddressed(route.name + "_answer",
                                                     "The response topic that the request names.",
                                                     answer_message(answer_schema(view_.table, route)));
        set_reply(operation, reply, "$message.header#/responseTopic");
    }

    void receive_happn(const Route& route, const HappnSource& source) {
        const auto place = channels_.add(Kind::mesh,
                                         source.mesh,
                                         channel_address(source.path),
                                         path,
                                         route.name,
                                         incoming(route, source.decode));
        add_operation(route.name, "receive", place, route);
    }

    void receive_call(const Route& route, const CallSource& method) {
        const std::string node = "node";
        Json request = exchange_request(arguments_list(method));
        for (const RouteExample& example : route.examples)
            add_example(request, example.name, exchange_request_example(method, example.payload));
        const auto place =
            channels_.add(Kind::mesh,
                          node,
                          exchange_address(domain_of(node), method.component + '/' + method.method),
                          path,
                          route.name,
                          std::move(request));
        Json& operation = add_operation(route.name, "receive", place, route);
        const auto reply = channels_.add_unaddressed(route.name + "_answer",
                                                     "The callback address that the request names.",
                                                     exchange_answer(answer_schema(view_.table, route)));
        set_reply(operation, reply, exchange_reply_location);
    }

    /// Anybody with the right may call them; the gateway does so for its callers only, so that there is no
    /// operation of its own.
    void add_mesh_methods(const MeshDescription& mesh) {
        for (const auto& [component, described] : mesh.components) {
            if (component == hidden_component) continue;
            for (const auto& [method, details] : described.methods) {
                const std::string name = component + '/' + method;
                Json request = exchange_request(arguments_list(details));
                request["summary"] = name;
                channels_.add(Kind::mesh,
                              view_.mesh_name,
                              exchange_address(mesh.domain, name),
                              path,
                              name,
                              std::move(request));
            }
        }
    }

    // targets

    void add_target(const Route& route, const Target& target) {
        if (const auto* mqtt = std::get_if<MqttTarget>(&target.rule)) return send_mqtt(route, target, *mqtt);
        if (const auto* happn = std::get_if<HappnTarget>(&target.rule))
            return send_happn(route, target, *happn);
        if (const auto* call = std::get_if<CallTarget>(&target.rule)) return send_call(route, target, *call);
        if (const auto* stream = std::get_if<StreamTarget>(&target.rule))
            return receive_stream(route, *stream);
    }

    /// "telemetry_send", "telemetry_send_2" ...
    static std::string sending(const Route& route) { return route.name + "_send"; }

    void send_mqtt(const Route& route, const Target& target, const MqttTarget& rule) {
        Json message = outgoing(route, target);
        if (rule.reply && rule.reply->automatic) make_request(message);
        const auto place = channels_.add(Kind::broker,
                                         rule.broker,
                                         channel_address(rule.topic.text()),
                                         topic,
                                         sending(route),
                                         std::move(message));
        Json& operation = add_operation(sending(route), "send", place, route);
        set_mqtt_binding(operation, rule.qos, rule.retain);
        if (rule.reply) add_device_reply(operation, route, rule);
    }

    void add_device_reply(Json& operation, const Route& route, const MqttTarget& rule) {
        Json message{{"contentType", content_type(rule.reply->decode)},
                     {"payload", payload_schema(rule.reply->decode)}};
        const std::string name = route.name + "_reply";
        if (!rule.reply->topic) {
            const auto reply = channels_.add_unaddressed(
                name, "The response topic that the command names.", std::move(message));
            return set_reply(operation, reply, "$message.header#/responseTopic");
        }
        const auto reply = channels_.add(Kind::broker,
                                         rule.broker,
                                         channel_address(rule.reply->topic->text()),
                                         topic,
                                         name,
                                         std::move(message));
        set_reply(operation, reply, nullptr);
    }

    /// A read publishes nothing.
    void send_happn(const Route& route, const Target& target, const HappnTarget& rule) {
        if (rule.verb == HappnTarget::Verb::get || rule.no_publish) return;
        Json message = rule.verb == HappnTarget::Verb::set
                           ? outgoing(route, target)
                           : Json{{"summary", "The item is removed."}, {"payload", Json::object()}};
        const auto place = channels_.add(Kind::mesh,
                                         rule.mesh,
                                         channel_address(rule.path.text()),
                                         path,
                                         sending(route),
                                         std::move(message));
        add_operation(sending(route), "send", place, route);
    }

    /// What readers over HTTP are sent comes in by the mesh or the broker.
    void receive_stream(const Route& route, const StreamTarget& stream) {
        if (const auto* mqtt = std::get_if<MqttStream>(&stream.from)) return receive_topics(route, *mqtt);
        const auto& rule = std::get<HappnStream>(stream.from);
        const auto place = channels_.add(Kind::mesh,
                                         rule.mesh,
                                         channel_address(rule.path.text()),
                                         path,
                                         route.name,
                                         Json{{"payload", Json::object()}});
        add_operation(route.name, "receive", place, route);
    }

    void receive_topics(const Route& route, const MqttStream& rule) {
        const auto place = channels_.add(
            Kind::broker,
            rule.broker,
            channel_address_of_filter(rule.filter.text()),
            topic,
            route.name,
            Json{{"contentType", content_type(rule.decode)}, {"payload", payload_schema(rule.decode)}});
        set_mqtt_binding(add_operation(route.name, "receive", place, route), rule.qos);
    }

    void send_call(const Route& route, const Target& target, const CallTarget& rule) {
        const CallSource* own = own_method(view_.table, rule);
        Json request = exchange_request(own == nullptr ? schema_of(ValueType::array) : arguments_list(*own));
        if (own != nullptr) {
            for (const PayloadExample& example : target.examples)
                add_example(request, example.name, exchange_request_example(*own, example.json));
        }
        const auto place = channels_.add(Kind::mesh,
                                         rule.mesh,
                                         exchange_address(domain_of(rule.mesh), rule.method.text()),
                                         path,
                                         sending(route),
                                         std::move(request));
        Json& operation = add_operation(sending(route), "send", place, route);
        const auto reply =
            channels_.add_unaddressed(route.name + "_result",
                                      "The callback address that the request names.",
                                      exchange_answer(own == nullptr ? Json::object() : result_schema(*own)));
        set_reply(operation, reply, exchange_reply_location);
    }

    std::string domain_of(const std::string& mesh) const {
        const auto found = std::ranges::find_if(view_.connections, [&](const Connection& one) {
            return one.kind == Kind::mesh && one.name == mesh;
        });
        return found == view_.connections.end() ? std::string{} : found->domain;
    }

    const AsyncApiView& view_;
    Channels channels_;
    Json operations_ = Json::object();
    UniqueNames operation_names_;
};

}  // namespace

std::string asyncapi_document(const AsyncApiView& view) {
    return Builder{view}.build().dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gateway::documents
