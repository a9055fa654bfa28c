// Templates, target addresses and `map` objects over one small message.
#include <benchmark/benchmark.h>

#include "gateway/expression/object_map.hpp"
#include "gateway/expression/template.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace {

using namespace gateway;

/// What one execution of a route from `devices/{device}/telemetry` has at hand.
struct Execution {
    Execution() {
        evaluation.message = &message;
        evaluation.captures = &captures;
        evaluation.payload = &message.payload;
        message.payload.encoding = Encoding::json;
    }

    AddressPattern from = pattern("devices/{device}/telemetry", AddressKind::mqtt);
    Scope scope = scope_of(from, Scope::Source::mqtt);
    Message message = mqtt_message("devices/d1/telemetry", R"({"t":21.5,"b":80,"unit":"C"})");
    Captures captures{"d1"};
    Evaluation evaluation;
};

ObjectMap leaf(std::string_view text, const Scope& scope) {
    return ObjectMap{Template::parse(text, scope).value()};
}

void evaluate(benchmark::State& state, std::string_view text) {
    const Execution execution;
    const auto compiled = Template::parse(text, execution.scope).value();
    bench::CountAllocations count{state};
    for (auto _ : state) {
        auto value = compiled.evaluate(execution.evaluation);
        benchmark::DoNotOptimize(value);
    }
}

void template_capture(benchmark::State& state) {
    evaluate(state, "{device}");
}
void template_payload_member(benchmark::State& state) {
    evaluate(state, "{payload.t}");
}
void template_text(benchmark::State& state) {
    evaluate(state, "{device}: {payload.t} {payload.unit|lower}");
}

void address_expand(benchmark::State& state) {
    const Execution execution;
    const auto address =
        AddressTemplate::parse("/devices/{device}/telemetry", AddressTemplate::Kind::happn, execution.scope)
            .value();
    bench::CountAllocations count{state};
    for (auto _ : state) {
        auto text = address.expand(execution.evaluation);
        benchmark::DoNotOptimize(text);
    }
}

void map_three_members(benchmark::State& state) {
    const Execution execution;
    ObjectMap::Object members;
    members.push_back({"celsius", leaf("{payload.t}", execution.scope)});
    members.push_back({"battery", leaf("{payload.b|default(100)}", execution.scope)});
    members.push_back({"device", leaf("{device}", execution.scope)});
    const auto map = ObjectMap::object(std::move(members));
    bench::CountAllocations count{state};
    for (auto _ : state) {
        auto value = map.render(execution.evaluation);
        benchmark::DoNotOptimize(value);
    }
}

BENCHMARK(template_capture);
BENCHMARK(template_payload_member);
BENCHMARK(template_text);
BENCHMARK(address_expand);
BENCHMARK(map_three_members);

}  // namespace
