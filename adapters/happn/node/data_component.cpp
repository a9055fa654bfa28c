#include "adapters/happn/node/data_component.hpp"

#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"
#include "gateway/loop_mark.hpp"

namespace happn::node {

namespace json = gateway::json;

namespace {

constexpr std::string_view root = "/_data/data";
constexpr std::string_view only_paths = R"({"fields":{},"options":{"path_only":true}})";

/// Takes the one answer that a request gets.
class Collector final : public gateway::WebsocketLink {
public:
    void send(gateway::Bytes text) override { answer = text.str(); }
    std::size_t backlog() const override { return 0; }
    void close(std::uint16_t) override {}

    std::string answer;
};

gateway::Response failure(std::string message) {
    gateway::Response response;
    response.error = gateway::Error{gateway::Errc::mesh_error, "Error", 0, std::move(message)};
    return response;
}

gateway::Response refused(std::string_view error) {
    const auto member = [&](std::string_view key) { return json::member(error, key).value_or(""); };
    gateway::Response response;
    const auto code = as_unsigned(member("code")).value_or(0);
    response.error = gateway::Error{gateway::Errc::mesh_error,
                                    text_of(member("name")),
                                    static_cast<int>(code),
                                    text_of(member("message"))};
    return response;
}

/// What a JavaScript client makes of the answer to its request: the data with the _meta in it.
gateway::Response response_of(std::string_view answer) {
    const auto frame = Frame::parse(answer);
    if (!frame) {
        return failure("no answer");
    }
    if (frame->meta.status == "error") {
        return refused(frame->meta.error);
    }
    std::string value;
    if (frame->kind == Frame::Kind::list) {
        value.append(1, '[').append(frame->items).append(1, ']');
    } else if (frame->data == "null") {
        value = "null";
    } else {
        ObjectWriter{value}.spread(frame->data).raw("_meta", frame->meta.raw).end();
    }
    gateway::Response response;
    response.body = {gateway::Bytes{std::move(value)}, gateway::Encoding::json, "application/json"};
    return response;
}

std::string as_options(std::string_view argument) {
    return std::string{argument.starts_with('{') ? argument : "{}"};
}

bool flag(std::string_view options, std::string_view name) {
    return json::member(options, name) == "true";
}

/// These publications are reported to the publisher, which a call's answer is not fit for.
bool reported(std::string_view options) {
    const auto consistency = json::member(options, "consistency");
    return consistency == "1" || consistency == "3";
}

}  // namespace

DataComponent::DataComponent(Hub& hub, const gateway::GatewayIdentity& identity)
    : hub_{hub}, gateway_id_{identity.id}, version_{identity.version} {}

gateway::Response DataComponent::set(const CallArguments& arguments, int hops) {
    const auto options = as_options(arguments.at(2));
    if (reported(options)) {
        return failure("onPublished handler in options is missing");
    }
    const auto data = arguments.at(1);
    auto response = ask(arguments.caller, "set", arguments.at(0), data, marked(options, hops));
    if (!response.error && !flag(options, "noPublish")) {
        emit(arguments.caller, text_of(arguments.at(0)), data, hops);
    }
    return response;
}

gateway::Response DataComponent::get(const CallArguments& arguments) {
    return ask(arguments.caller, "get", arguments.at(0), "null", as_options(arguments.at(1)));
}

gateway::Response DataComponent::get_paths(const CallArguments& arguments) {
    return ask(arguments.caller, "get", arguments.at(0), "null", std::string{only_paths});
}

gateway::Response DataComponent::count(const CallArguments& arguments) {
    return ask(arguments.caller, "count", arguments.at(0), "null", as_options(arguments.at(1)));
}

gateway::Response DataComponent::increment(const CallArguments& arguments, int hops) {
    const auto gauge = arguments.at(1) == "null" ? R"("counter")" : arguments.at(1);
    const auto step = arguments.at(2) == "null" ? "1" : arguments.at(2);
    if (step.front() != '-' && (step.front() < '0' || step.front() > '9')) {
        return failure("increment must be a number");
    }
    std::string options;
    ObjectWriter{options}.raw("increment", step).end();
    return ask(arguments.caller, "set", arguments.at(0), gauge, marked(options, hops));
}

gateway::Response DataComponent::remove(const CallArguments& arguments, int hops) {
    const auto options = as_options(arguments.at(1));
    if (reported(options)) {
        return failure("onPublished handler in options is missing");
    }
    return ask(arguments.caller, "remove", arguments.at(0), "null", marked(options, hops));
}

gateway::Response DataComponent::ask(SessionNumber caller,
                                     std::string_view action,
                                     std::string_view path,
                                     std::string_view data,
                                     const std::string& options) {
    const auto given = text_of(path);
    if (given.empty()) {
        return failure("[bad path]: either empty or not a string");
    }
    std::string own{root};
    own.append(given.starts_with('/') ? "" : "/").append(given);
    return response_of(perform(caller, action, own, data, options));
}

/// Sends a request for the caller, in the dialect of the day, and gives the answer's frame.
std::string DataComponent::perform(SessionNumber caller,
                                   std::string_view action,
                                   std::string_view path,
                                   std::string_view data,
                                   std::string_view options) {
    auto& state = hub_.state();
    Collector link;
    Session session;
    session.number = caller;
    session.id = state.gateway_session;  // the node publishes, as on happner; for routes it is the caller
    session.dialect = dialect_of("happn_4");
    session.link = &link;
    const auto text = write_request({action, ++state.last_event, path, data, session.id, options});
    const auto request = Frame::parse(text);
    if (!request) {
        return {};
    }
    const auto now = gateway::Clock::now();
    if (action == "set") {
        hub_.data().set(session, *request, now);
    } else if (action == "get") {
        hub_.data().get(session, *request);
    } else if (action == "remove") {
        hub_.data().remove(session, *request, now);
    } else {
        hub_.data().count(session, *request);
    }
    return std::move(link.answer);
}

void DataComponent::emit(SessionNumber caller, std::string_view key, std::string_view data, int hops) {
    std::string path{"/_events/"};
    path.append(hub_.state().settings.name).append("/data/").append(key);
    std::string meta;
    ObjectWriter{meta}.text("componentVersion", version_).end();
    std::string options;
    ObjectWriter{options}.boolean("noStore", true).raw("meta", meta).end();
    perform(caller, "set", path, data, marked(options, hops));
}

std::string DataComponent::marked(std::string_view options, int hops) const {
    if (hops == 0) {
        return std::string{options};
    }
    std::string meta;
    std::string out;
    ObjectWriter meta_writer{meta};
    ObjectWriter writer{out};
    scan::members(options, [&](std::string_view key, std::string_view value) {
        if (key != "\"meta\"") {
            writer.raw(text_of(key), value);
        }
    });
    if (const auto given = json::member(options, "meta")) {
        scan::members(*given, [&](std::string_view key, std::string_view value) {
            if (text_of(key) != gateway::loop_mark_name) {
                meta_writer.raw(text_of(key), value);
            }
        });
    }
    meta_writer.text(gateway::loop_mark_name, gateway::loop_mark(gateway_id_, hops)).end();
    writer.raw("meta", meta).end();
    return out;
}

}  // namespace happn::node
