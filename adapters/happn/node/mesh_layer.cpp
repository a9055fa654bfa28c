#include "adapters/happn/node/mesh_layer.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/mesh_schema.hpp"
#include "adapters/happn/node/schema.hpp"
#include "adapters/happn/node/semver.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/json.hpp"
#include "gateway/log.hpp"
#include "gateway/loop_mark.hpp"

namespace happn::node {

namespace json = gateway::json;

namespace {

constexpr int most_hops = 1'000'000;  // as strangers may write: far above any limit, and safe to add to

std::string failed(std::string_view message) {
    std::string error;
    ObjectWriter{error}.text("message", message).text("name", "Error").end();
    return R"({"status":"failed","args":[)" + error + "]}";
}

/// happner-2 13 answers so, without a status.
std::string bad_endpoint(const RequestPath& path) {
    std::string message{"Call to unconfigured component: ["};
    message.append(path.component).append(1, '.').append(path.method).append(1, ']');
    std::string error;
    ObjectWriter{error}.text("name", "bad endpoint").text("message", message).end();
    return R"({"args":[)" + error + "]}";
}

std::string method_name(const RequestPath& path, std::string_view brackets) {
    return std::string{path.component} + '.' + std::string{path.method} + std::string{brackets};
}

/// A result as an argument of the answer: JSON as it is, text as a string, bytes as happn keeps bytes.
std::string result_argument(const gateway::Payload& body) {
    const auto bytes = body.bytes.view();
    if (body.encoding == gateway::Encoding::json) {
        return std::string{bytes.empty() ? "null" : bytes};
    }
    if (body.encoding == gateway::Encoding::text) {
        return json::quoted(bytes);
    }
    if (bytes.empty()) {
        return "null";
    }
    const auto wrapping = wrapped(body);
    const auto unwrapped_value = unwrapped(wrapping);
    return unwrapped_value.encoding == gateway::Encoding::json ? unwrapped_value.bytes.str() : wrapping;
}

std::string error_argument(const gateway::Response& response) {
    const auto& error = *response.error;
    const auto body = response.body.bytes.view();
    if (response.body.encoding == gateway::Encoding::json && body.starts_with('{')) {
        return std::string{body};
    }
    if (error.detail.view().starts_with('{') && json::valid(error.detail.view())) {
        return error.detail.str();
    }
    std::string out;
    ObjectWriter writer{out};
    writer.text("message", error.message).text("name", error.name);
    if (error.code != 0) {
        writer.number("code", error.code);
    }
    writer.end();
    return out;
}

std::string_view member_or_empty(std::string_view object, std::string_view key) {
    return json::member(object, key).value_or(std::string_view{});
}

/// A JSON array.
std::string_view arguments_of(const Published& request) {
    const auto args = member_or_empty(request.data, "args");
    return args.starts_with('[') ? args : "[]";
}

gateway::Message call_message(std::string_view component, std::string_view method, gateway::Bytes args) {
    gateway::Message message;
    message.connection = "node";
    message.address = std::string{component} + '/' + std::string{method};
    message.payload = gateway::Payload{std::move(args), gateway::Encoding::json, "application/json"};
    message.properties = gateway::CallProperties{std::string{component}, std::string{method}};
    return message;
}

SessionNumber caller_of(const gateway::Principal& principal) {
    return principal.kind == gateway::PrincipalKind::service ? 0 : outsider;
}

gateway::Response stopping() {
    gateway::Response response;
    response.error = gateway::Error{gateway::Errc::unavailable, "the gateway is stopping"};
    return response;
}

gateway::Outcome outcome_of(gateway::Response&& response) {
    if (response.error) {
        return gateway::Outcome{*std::move(response.error)};
    }
    gateway::Outcome outcome{response.body};
    outcome.answers.push_back(gateway::Bytes{result_argument(response.body)});
    return outcome;
}

}  // namespace

std::string gateway_origin(const State& state) {
    std::string origin;
    ObjectWriter{origin}.text("username", "_ADMIN").text("id", state.gateway_session).end();
    return origin;
}

std::string exchange_answer(const gateway::Response& response) {
    if (response.error) {
        return R"({"status":"error","args":[)" + error_argument(response) + "]}";
    }
    return R"({"status":"ok","args":[null,)" + result_argument(response.body) + "]}";
}

MeshLayer::MeshLayer(Hub& hub, gateway::Dispatcher& dispatcher, gateway::GatewayIdentity identity)
    : hub_{hub},
      dispatcher_{dispatcher},
      identity_{std::move(identity)},
      builtins_{hub, identity_},
      self_{std::make_shared<MeshLayer*>(this)} {}

void MeshLayer::apply(const gateway::RoutingTable& table) {
    const auto& name = hub_.state().settings.name;
    auto description = description_document(name, identity_.version, table);
    description_ = read_description(description);
    store(schema_config, config_document(name, identity_.version));
    store(schema_description, std::move(description));
}

void MeshLayer::store(std::string_view path, std::string document) {
    auto& state = hub_.state();
    const auto present = state.store->get(path);
    if (!present.has_error() && *present && (*present)->data == document) {
        return;
    }
    const auto written = hub_.data().write(path, std::move(document), {});
    if (written.has_error()) {
        gateway::log::error("node: {} cannot be stored: {}", path, written.error().message);
        return;
    }
    const auto origin = gateway_origin(state);
    const auto event = std::to_string(++state.last_event);
    Publication publication;
    publication.path = path;
    publication.data = written->data;
    publication.times = &*written->times;
    publication.publisher = state.gateway_session;
    publication.event_id = event;
    publication.event_origin = origin;
    hub_.publisher().publish(publication, gateway::Clock::now());
}

void MeshLayer::on_request(const Published& request) {
    const auto path = parse_request_path(request.path);
    auto address = text_of(member_or_empty(request.data, "callbackAddress"));
    const bool answerable = address.starts_with(response_prefix) && address.size() <= max_path;
    if (!path || path->domain != hub_.state().settings.name || !answerable || request.session == 0) {
        hub_.state().metrics.count("node_requests_ignored");
        return;
    }
    Caller caller{request.session, std::move(address)};
    const gateway::Route* route = dispatcher_.router().match_call(path->component, path->method);
    const auto* own = builtin(path->component, path->method);
    if (const auto refused = refusal(*path, request); !refused.empty()) {
        answer(caller, refused);
    } else if ((route != nullptr || own != nullptr) && draining_) {
        answer(caller, exchange_answer(stopping()));
    } else if (route != nullptr) {
        run(*route, request, *path, std::move(caller));
    } else if (own != nullptr) {
        const auto origin = gateway::read_loop_mark(request.mark);
        const int hops = origin.hops > 0 ? std::min(origin.hops, most_hops) + 1 : 0;
        answer(caller, exchange_answer(builtins_.call(*own, arguments_of(request), request.session, hops)));
    }
}

/// Null: none, or the component is declared by a mapping file, which then stands for itself alone.
const BuiltinComponents::Method* MeshLayer::builtin(std::string_view component,
                                                    std::string_view method) const {
    const auto* found = BuiltinComponents::find(component, method);
    if (found == nullptr) {
        return nullptr;
    }
    const auto described = description_->components.find(std::string{component});
    const bool listed = described != description_->components.end() &&
                        described->second.methods.contains(std::string{method});
    return listed ? found : nullptr;
}

/// The answer to a call that no route takes, or that asks for another version. Empty: run it, or it is
/// somebody else's.
std::string MeshLayer::refusal(const RequestPath& path, const Published& request) const {
    const auto& components = description_->components;
    const auto component = components.find(std::string{path.component});
    if (component == components.end()) {
        return request.request_taken ? std::string{} : bad_endpoint(path);
    }
    const auto range = text_of(member_or_empty(request.data, "version"));
    if (!satisfies(component->second.version, range)) {
        return failed("Call to unconfigured method [" + method_name(path, "") + "]: request version [" +
                      range + "] does not match component version [" + component->second.version + "]");
    }
    if (dispatcher_.router().match_call(path.component, path.method) == nullptr &&
        builtin(path.component, path.method) == nullptr) {
        return failed("Call to unconfigured method [" + method_name(path, "()") + "]");
    }
    return {};
}

void MeshLayer::run(const gateway::Route& route,
                    const Published& request,
                    const RequestPath& path,
                    Caller caller) {
    auto message = call_message(path.component, path.method, gateway::Bytes::copy(arguments_of(request)));
    message.principal.kind = gateway::PrincipalKind::user;
    message.principal.session_id = request.session_id;
    message.origin = gateway::read_loop_mark(request.mark);
    dispatcher_.run(route,
                    {},
                    std::move(message),
                    [alive = std::weak_ptr{self_}, caller = std::move(caller)](gateway::Response&& response) {
                        if (const auto self = alive.lock()) {
                            (*self)->answer(caller, exchange_answer(response));
                        }
                    });
}

void MeshLayer::answer(const Caller& caller, std::string_view data) {
    auto& state = hub_.state();
    if (state.find(caller.session) == nullptr) {
        state.metrics.count("node_late_answers");
        return;
    }
    const auto origin = gateway_origin(state);
    const auto event = std::to_string(++state.last_event);
    Publication publication;
    publication.path = caller.address;
    publication.data = data;
    publication.publisher = state.gateway_session;
    publication.event_id = event;
    publication.event_origin = origin;
    publication.only = caller.session;
    const auto results = hub_.publisher().publish(publication, gateway::Clock::now());
    if (results.queued == 0) {
        state.metrics.count("node_unheard_answers");
    }
}

void MeshLayer::call(gateway::MeshCall call, int hops, std::function<void(gateway::Outcome)> done) {
    const gateway::Route* route = dispatcher_.router().match_call(call.component, call.method);
    if (const auto* own = route == nullptr ? builtin(call.component, call.method) : nullptr) {
        return done(outcome_of(builtins_.call(*own, call.args.view(), caller_of(call.principal), hops)));
    }
    if (route == nullptr) {
        const auto name = call.component + '.' + call.method;
        const bool known = description_ != nullptr && description_->components.contains(call.component);
        gateway::Error error{gateway::Errc::not_found,
                             known ? "Call to unconfigured method [" + name + "()]"
                                   : "Call to unconfigured component: [" + name + "]"};
        return done(gateway::Outcome{std::move(error)});
    }
    auto message = call_message(call.component, call.method, std::move(call.args));
    message.principal = std::move(call.principal);
    message.deadline = call.deadline;
    if (hops > 0) {
        message.origin = gateway::Origin{identity_.id, hops};
    }
    dispatcher_.run(*route, {}, std::move(message), [done = std::move(done)](gateway::Response&& response) {
        done(outcome_of(std::move(response)));
    });
}

}  // namespace happn::node
