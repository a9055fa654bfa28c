#include "mappings/examples.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/arguments.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace mappings {
namespace {

using gateway::Encoding;
using gateway::Route;
using gateway::RouteExample;
using gateway::Target;

/// A route that takes a test's message, and its captures.
struct Taken {
    Route* route;
    gateway::Captures captures;
};

// --- who takes it --------------------------------------------------------------------------------

std::vector<Taken> takers(std::vector<Route>& routes, const SendHttp& http) {
    std::optional<Taken> best;
    const gateway::AddressPattern* best_path = nullptr;
    for (Route& route : routes) {
        const auto* source = std::get_if<gateway::HttpSource>(&route.source);
        if (source == nullptr || source->method != http.method) continue;
        auto captures = source->path.match(http.path);
        if (!captures || (best_path != nullptr && !source->path.more_specific_than(*best_path))) continue;
        best = Taken{&route, *std::move(captures)};
        best_path = &source->path;
    }
    return best ? std::vector{*std::move(best)} : std::vector<Taken>{};
}

std::vector<Taken> takers(std::vector<Route>& routes, const SendCall& call) {
    for (Route& route : routes) {
        const auto* source = std::get_if<gateway::CallSource>(&route.source);
        if (source != nullptr && source->component == call.component && source->method == call.method)
            return {Taken{&route, {}}};
    }
    return {};
}

std::vector<Taken> takers(std::vector<Route>& routes, const SendMqtt& message) {
    std::vector<Taken> all;
    for (Route& route : routes) {
        const auto* source = std::get_if<gateway::MqttSource>(&route.source);
        if (source == nullptr || source->broker != message.broker) continue;
        if (auto captures = source->topic.match(message.topic)) all.push_back({&route, *std::move(captures)});
    }
    return all;
}

std::vector<Taken> takers(std::vector<Route>& routes, const SendHappn& publication) {
    std::vector<Taken> all;
    for (Route& route : routes) {
        const auto* source = std::get_if<gateway::HappnSource>(&route.source);
        if (source == nullptr || source->mesh != publication.mesh) continue;
        if (publication.action == gateway::Action::remove) continue;  // it has no payload to show
        if (auto captures = source->path.match(publication.path))
            all.push_back({&route, *std::move(captures)});
    }
    return all;
}

// --- what it shows -------------------------------------------------------------------------------

std::string fitting(std::string json) {
    return json.size() <= max_example_bytes ? std::move(json) : std::string{};
}

/// Text where the payload is text; of other bytes nothing can be shown.
std::string payload_json(const Send& send) {
    const std::string_view bytes = send.payload.bytes.view();
    if (bytes.empty()) return {};
    if (gateway::json::valid(bytes)) return fitting(std::string{bytes});
    return send.payload.encoding == Encoding::raw ? fitting(gateway::json::quoted(bytes)) : std::string{};
}

std::string arguments_json(const SendCall& call, const Route& route) {
    if (call.args.is_map()) return fitting(call.args.json());
    if (!call.args.is_list()) return {};
    const auto& parameters = std::get<gateway::CallSource>(route.source).parameters;
    auto named = gateway::named_arguments(call.args.json(), parameters);
    return named.has_value() ? fitting(*std::move(named)) : std::string{};
}

bool expects_failure(const Expectation& expectation) {
    return expectation.refused || expectation.filtered || expectation.error_name || expectation.error_code ||
           expectation.error_message;
}

/// Of HTTP the answer to what is refused is worth showing, too, where the test says its status.
bool is_worth_showing(const TestCase& test, const Route& route) {
    const bool over_http = std::holds_alternative<gateway::HttpSource>(route.source);
    return std::ranges::none_of(test.expectations, [&](const Expectation& expectation) {
        return expects_failure(expectation) && !(over_http && expectation.status);
    });
}

void add_answer(RouteExample& example, const TestCase& test, const Route& route) {
    const auto found = std::ranges::find_if(
        test.expectations, [](const Expectation& expectation) { return !expectation.is_output(); });
    if (found == test.expectations.end()) return;
    example.status = found->status;
    if (!example.status && !expects_failure(*found))
        example.status = route.respond && route.respond->status ? *route.respond->status : 200;
    if (found->answer) example.answer = fitting(*found->answer);
    if (found->json) example.answer = fitting(*found->json);
}

RouteExample example_of(const TestCase& test, Taken& taken) {
    RouteExample example;
    example.name = test.name;
    example.captures = std::move(taken.captures);
    if (const auto* call = std::get_if<SendCall>(&test.send.what)) {
        example.payload = arguments_json(*call, *taken.route);
    } else {
        example.payload = payload_json(test.send);
    }
    if (const auto* http = std::get_if<SendHttp>(&test.send.what))
        example.query = gateway::parse_form(http->query).value_or(std::vector<gateway::NameValue>{});
    add_answer(example, test, *taken.route);
    return example;
}

// --- what its targets get ------------------------------------------------------------------------

bool goes_to(const Expectation& output, const Target& target) {
    if (const auto* mqtt = std::get_if<gateway::MqttTarget>(&target.rule))
        return output.kind == "mqtt" && mqtt->topic.as_pattern().match(output.address).has_value();
    if (const auto* happn = std::get_if<gateway::HappnTarget>(&target.rule))
        return output.kind == "happn set" && happn->verb == gateway::HappnTarget::Verb::set &&
               happn->path.as_pattern().match(output.address).has_value();
    const auto* call = std::get_if<gateway::CallTarget>(&target.rule);
    return call != nullptr && output.kind == "call" &&
           call->method.as_pattern().match(output.address).has_value();
}

void add_outputs(Route& route, const TestCase& test) {
    for (const Expectation& output : test.expectations) {
        const std::string json = output.json.value_or(output.args.value_or(std::string{}));
        if (!output.is_output() || json.empty() || json.size() > max_example_bytes) continue;
        if (output.route && *output.route != route.name) continue;
        for (Target& target : route.targets) {
            if (target.examples.size() < max_examples && goes_to(output, target))
                target.examples.push_back({test.name, json});
        }
    }
}

}  // namespace

void attach_examples(std::vector<Route>& routes, const std::vector<TestCase>& tests) {
    for (const TestCase& test : tests) {
        auto all = std::visit([&](const auto& sent) { return takers(routes, sent); }, test.send.what);
        for (Taken& taken : all) {
            Route& route = *taken.route;
            if (route.examples.size() < max_examples && is_worth_showing(test, route))
                route.examples.push_back(example_of(test, taken));
            add_outputs(route, test);
        }
    }
}

}  // namespace mappings
