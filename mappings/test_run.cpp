#include "mappings/test_run.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "gateway/arguments.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/http_body.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"
#include "gateway/query.hpp"

namespace mappings {
namespace {

namespace json = gateway::json;
using gateway::Bytes;
using gateway::Encoding;
using gateway::Errc;
using gateway::Error;
using gateway::Message;
using gateway::Outcome;
using gateway::Output;
using gateway::Payload;
using gateway::Principal;
using gateway::PrincipalKind;
using gateway::Response;

constexpr std::string_view gateway_id = "tests";
constexpr gateway::Duration patience = std::chrono::seconds{10};

Payload json_payload(std::string text) {
    return {Bytes{std::move(text)}, Encoding::json, "application/json"};
}

std::string kind_of(const Output& output) {
    if (std::holds_alternative<gateway::MqttTarget>(output.target->rule)) return "mqtt";
    if (std::holds_alternative<gateway::CallTarget>(output.target->rule)) return "call";
    if (const auto* stream = std::get_if<gateway::StreamTarget>(&output.target->rule))
        return std::holds_alternative<gateway::MqttStream>(stream->from) ? "stream" : "stream on";
    if (const auto* http = std::get_if<gateway::HttpTarget>(&output.target->rule))
        return "http " + http->method;
    const auto verb = std::get<gateway::HappnTarget>(output.target->rule).verb;
    if (output.action == gateway::Action::remove || verb == gateway::HappnTarget::Verb::remove)
        return "happn remove";
    return verb == gateway::HappnTarget::Verb::get ? "happn get" : "happn set";
}

std::string name_of(const Output& output) {
    if (!output.on_behalf_of.empty()) return output.on_behalf_of;
    const bool named = output.principal.kind == PrincipalKind::user;
    return named ? output.principal.username
                 : std::string{gateway::principal_kind_name(output.principal.kind)};
}

/// What all recording sinks of one test share.
struct Recording {
    const TestCase& test;
    std::map<const gateway::Target*, std::string> routes;  // whose target it is
    gateway::Outcomes* outcomes = nullptr;
    std::vector<SeenOutput> outputs;
    std::set<const Mock*> used = {};

    Outcome answer_of(const SeenOutput& output) {
        const auto mock = std::ranges::find_if(test.mocks, [&](const Mock& candidate) {
            return candidate.kind == output.kind && candidate.address.match(output.address);
        });
        if (mock != test.mocks.end()) used.insert(&*mock);
        if (mock != test.mocks.end() && mock->error) return Outcome{*mock->error};
        Outcome outcome{json_payload(mock == test.mocks.end() ? "null" : mock->answer)};
        outcome.answers.push_back(outcome.answer.bytes);
        return outcome;
    }
};

class RecordingSink final : public gateway::Sink {
public:
    RecordingSink(std::string connection, Recording& recording)
        : connection_{std::move(connection)}, recording_{recording} {}

    void deliver(gateway::DeliveryId id, Output output) override {
        SeenOutput seen;
        seen.kind = kind_of(output);
        seen.address = output.address;
        seen.connection = connection_;
        seen.route = recording_.routes[output.target];
        seen.as = name_of(output);
        seen.payload = output.payload;
        seen.user = output.user;
        seen.headers = output.headers;
        if (const auto* mqtt = std::get_if<gateway::MqttTarget>(&output.target->rule)) {
            seen.qos = mqtt->qos;
            seen.retain = mqtt->retain || output.action == gateway::Action::remove;
        }
        recording_.outputs.push_back(seen);
        Outcome outcome = recording_.answer_of(seen);
        if (output.pattern && !outcome.error) return stream(id, outcome);
        recording_.outcomes->on_outcome(id, std::move(outcome));
    }

private:
    /// The mocked answer is a list of { path, value }, or { topic, value } as `decode` gives it.
    void stream(gateway::DeliveryId id, const Outcome& outcome) {
        recording_.outcomes->on_open(id);
        for (std::size_t i = 0; const auto element = json::element(outcome.answer.bytes.view(), i); ++i) {
            gateway::StreamItem item;
            const auto address = json::member(*element, "path");
            item.address =
                json::unquoted(address ? *address : json::member(*element, "topic").value_or("null"))
                    .value_or("");
            item.payload = json_payload(std::string{json::member(*element, "value").value_or("null")});
            recording_.outcomes->on_item(id, std::move(item));
        }
        recording_.outcomes->on_outcome(id, {});
    }

    std::string connection_;
    Recording& recording_;
};

/// Every broker and mesh that a table may name is there.
class RecordingSinks final : public gateway::SinkDirectory {
public:
    explicit RecordingSinks(Recording& recording) : recording_{recording} {}
    gateway::Sink* broker(std::string_view name) override { return sink(brokers_, name); }
    gateway::Sink* mesh(std::string_view name) override { return sink(meshes_, name); }
    gateway::Sink* services() override { return &services_; }

private:
    using Sinks = std::map<std::string, std::unique_ptr<RecordingSink>, std::less<>>;

    gateway::Sink* sink(Sinks& sinks, std::string_view name) {
        auto& entry = sinks[std::string{name}];
        if (!entry) entry = std::make_unique<RecordingSink>(std::string{name}, recording_);
        return entry.get();
    }

    Recording& recording_;
    Sinks brokers_, meshes_;
    RecordingSink services_{{}, recording_};
};

Principal principal_of(const Send& send) {
    if (!send.as) {
        const bool by_connection =
            std::holds_alternative<SendMqtt>(send.what) || std::holds_alternative<SendHappn>(send.what);
        return by_connection ? Principal::service() : Principal::anonymous();
    }
    if (*send.as == gateway::principal_kind_name(PrincipalKind::service)) return Principal::service();
    if (*send.as == gateway::principal_kind_name(PrincipalKind::anonymous)) return Principal::anonymous();
    Principal user;
    user.kind = PrincipalKind::user;
    user.username = *send.as;
    return user;
}

Response failed(int status, Error error) {
    Response response;
    response.status = status;
    response.error = std::move(error);
    return response;
}

/// The items of a stream, as a list.
class Items final : public gateway::StreamReader {
public:
    void on_item(gateway::StreamItem item) override {
        if (list_.size() > 1) list_ += ',';
        list_ += item.payload.bytes.view();
    }
    void on_gap() override {}
    void on_end(std::optional<Error>) override {}
    Payload list() const { return json_payload(list_ + ']'); }

private:
    std::string list_ = "[";
};

/// Hands a test's message over as the adapter of its transport would.
class Sender {
public:
    Sender(gateway::Dispatcher& dispatcher, const Send& send, std::optional<Response>& response)
        : dispatcher_{dispatcher}, send_{send}, response_{response} {}

    void operator()(const SendMqtt& mqtt) {
        gateway::MqttProperties properties;
        properties.qos = mqtt.qos;
        properties.retain = mqtt.retain;
        properties.retain_known = true;
        properties.user = mqtt.user;
        properties.response_topic = "tests/answer";
        properties.correlation_data = "1";
        dispatcher_.receive(message(mqtt.broker, mqtt.topic, std::move(properties)), responder());
    }

    void operator()(const SendHappn& happn) {
        auto published = message(happn.mesh, happn.path, gateway::HappnProperties{});
        published.action = happn.action;
        dispatcher_.receive(std::move(published));
    }

    void operator()(const SendHttp& http) {
        auto match = dispatcher_.router().match_http(http.method, http.path);
        if (match.route == nullptr) {
            const bool path_is_there = match.kind == gateway::HttpMatch::Kind::wrong_method;
            response_ =
                failed(path_is_there ? 405 : 404, Error{Errc::not_found, "no route for this request"});
            return;
        }
        const auto& source = std::get<gateway::HttpSource>(match.route->source);
        const auto given = gateway::parse_form(http.query);
        auto query =
            given ? gateway::check_query(*given, source.query) : Error{Errc::bad_request, "malformed query"};
        if (query.has_error()) return refuse(query.error());
        auto body = gateway::decode_body(send_.payload, source);
        if (body.has_error()) return refuse(body.error());
        gateway::HttpProperties properties{http.method, "127.0.0.1", *std::move(query), http.headers};
        auto request = message({}, http.path, std::move(properties));
        request.payload = *std::move(body);
        request.deadline = gateway::Clock::now() + patience;
        dispatcher_.run(*match.route, std::move(match.captures), std::move(request), responder());
    }

    void operator()(const SendCall& call) {
        const auto* route = dispatcher_.router().match_call(call.component, call.method);
        if (route == nullptr) {
            response_ = failed(404, Error{Errc::not_found, "no such component or method"});
            return;
        }
        auto request = message(std::string{node_mesh},
                               call.component + "/" + call.method,
                               gateway::CallProperties{call.component, call.method});
        request.payload = json_payload(arguments(call, std::get<gateway::CallSource>(route->source)));
        request.deadline = gateway::Clock::now() + patience;
        dispatcher_.run(*route, {}, std::move(request), responder());
    }

    /// A stream is over when the message has been sent: nothing brings items later.
    void finish() {
        if (!response_ || !response_->stream) return;
        response_->body = items_.list();
        response_->stream.reset();
    }

private:
    void refuse(const Error& error) { response_ = failed(gateway::default_status(Errc::bad_request), error); }

    static std::string arguments(const SendCall& call, const gateway::CallSource& source) {
        if (call.args.is_null()) return "[]";
        if (!call.args.is_map()) return gateway::as_argument_list(call.args.json());
        for (const auto& member : call.args.members()) {
            // A name the method does not have is the caller's mistake, which only the object itself can show.
            if (!std::ranges::any_of(source.parameters, [&](const auto& p) { return p.name == member.key; }))
                return "[" + call.args.json() + "]";
        }
        return gateway::positional_arguments(call.args.json(), source.parameters);
    }

    Message message(std::string connection, std::string address, gateway::Properties properties) const {
        Message message;
        message.connection = std::move(connection);
        message.address = std::move(address);
        message.payload = send_.payload;
        message.principal = principal_of(send_);
        message.properties = std::move(properties);
        return message;
    }

    gateway::Responder responder() {
        return [this](Response&& given) {
            response_ = std::move(given);
            if (response_->stream) response_->stream->read(items_);
        };
    }

    gateway::Dispatcher& dispatcher_;
    const Send& send_;
    std::optional<Response>& response_;
    Items items_;
};

void note_fates(Seen& seen, const gateway::RoutingTable& table, gateway::Metrics& metrics) {
    for (const auto& route : table.routes()) {
        const auto& counters = metrics.route(route.name);
        if (counters.matched > 0) seen.matched.push_back(route.name);
        for (const auto& [fate, reasons] : counters.outcomes) {
            for (const auto& entry : reasons)
                seen.fates.push_back({route.name, std::string{gateway::fate_name(fate)}, entry.first});
        }
    }
}

}  // namespace

Seen run_test(const std::shared_ptr<const gateway::RoutingTable>& table, const TestCase& test) {
    Recording recording{test, {}, nullptr, {}};
    for (const auto& route : table->routes()) {
        for (const auto& target : route.targets)
            recording.routes[&target] = route.name;
    }
    RecordingSinks sinks{recording};
    gateway::Metrics metrics;
    gateway::DispatcherOptions options;
    options.gateway_id = gateway_id;
    gateway::Dispatcher dispatcher{std::move(options), sinks, metrics};
    recording.outcomes = &dispatcher;
    dispatcher.apply(table);
    Seen seen;
    Sender sender{dispatcher, test.send, seen.response};
    std::visit(sender, test.send.what);
    sender.finish();
    seen.outputs = std::move(recording.outputs);
    for (const Mock& mock : test.mocks) {
        if (!recording.used.contains(&mock)) seen.unused_mocks.push_back(mock.name);
    }
    note_fates(seen, *table, metrics);
    return seen;
}

}  // namespace mappings
