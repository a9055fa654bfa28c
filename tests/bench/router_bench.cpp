// Finding the routes of an address among 10, 1,000 and 10,000.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "gateway/router.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace {

using gateway::Captures;
using gateway::Route;
using gateway::Router;

std::string site(std::int64_t number) {
    return "site" + std::to_string(number);
}

Router mqtt_router(std::int64_t routes) {
    std::vector<Route> all;
    for (std::int64_t i = 0; i < routes; ++i) {
        const auto pattern = site(i) + "/devices/{device}/telemetry";
        all.push_back(gateway::mqtt_to_happn(site(i), pattern, "/" + pattern));
    }
    return Router{gateway::table_of(std::move(all))};
}

Router http_router(std::int64_t routes) {
    std::vector<Route> all;
    for (std::int64_t i = 0; i < routes; ++i) {
        const auto path = "/api/" + site(i) + "/devices/{device}";
        all.push_back(gateway::http_to_happn_get(site(i), "GET", path, "/" + site(i) + "/devices/{device}"));
    }
    return Router{gateway::table_of(std::move(all))};
}

void match_mqtt(benchmark::State& state) {
    const auto router = mqtt_router(state.range(0));
    const auto topic = site(state.range(0) / 2) + "/devices/d1/telemetry";
    std::size_t found = 0;
    {
        bench::CountAllocations count{state};
        for (auto _ : state) {
            router.match_mqtt(
                "local", topic, [&found](const Route&, Captures&& captures) { found += captures.size(); });
        }
    }
    if (found == 0) state.SkipWithError("no route matched");
}

void match_mqtt_none(benchmark::State& state) {
    const auto router = mqtt_router(state.range(0));
    const auto topic = site(state.range(0) / 2) + "/devices/d1/unknown";
    std::size_t found = 0;
    {
        bench::CountAllocations count{state};
        for (auto _ : state) {
            router.match_mqtt("local", topic, [&found](const Route&, Captures&&) { ++found; });
        }
    }
    if (found != 0) state.SkipWithError("a route matched");
}

void match_http(benchmark::State& state) {
    const auto router = http_router(state.range(0));
    const auto path = "/api/" + site(state.range(0) / 2) + "/devices/d1";
    std::size_t found = 0;
    {
        bench::CountAllocations count{state};
        for (auto _ : state) {
            const auto match = router.match_http("GET", path);
            found += match.captures.size();
        }
    }
    if (found == 0) state.SkipWithError("no route matched");
}

BENCHMARK(match_mqtt)->Arg(10)->Arg(1'000)->Arg(10'000);
BENCHMARK(match_mqtt_none)->Arg(10)->Arg(1'000)->Arg(10'000);
BENCHMARK(match_http)->Arg(10)->Arg(1'000)->Arg(10'000);

}  // namespace
