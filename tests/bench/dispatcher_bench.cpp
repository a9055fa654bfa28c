// A message's whole way through the core, MQTT to happn and back, with sinks that confirm at once: what is
// left is the core's own share of a message, without sockets.
#include <benchmark/benchmark.h>

#include "gateway/dispatcher.hpp"
#include "tests/bench/allocations.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace {

using namespace gateway;

class ConfirmingSink final : public Sink {
public:
    void deliver(DeliveryId id, Output output) override {
        bytes += output.payload.bytes.size() + output.address.size();
        outcomes->on_outcome(id, Outcome{});
    }

    Outcomes* outcomes = nullptr;
    std::size_t bytes = 0;
};

/// A dispatcher between a broker `local` and a mesh `node`.
class Core final : public SinkDirectory {
public:
    explicit Core(std::vector<Route> routes) {
        sink.outcomes = &dispatcher;
        dispatcher.apply(table_of(std::move(routes)));
    }

    Sink* broker(std::string_view) override { return &sink; }
    Sink* mesh(std::string_view) override { return &sink; }

    ConfirmingSink sink;
    Metrics metrics;
    Dispatcher dispatcher{options(), *this, metrics};

private:
    static DispatcherOptions options() {
        DispatcherOptions options;
        options.gateway_id = "cafe0000cafe0000";
        return options;
    }
};

Route mapped_route() {
    auto route = mqtt_to_happn("mapped", "devices/{device}/telemetry", "/devices/{device}/telemetry");
    const auto scope = scope_of(std::get<MqttSource>(route.source).topic, Scope::Source::mqtt);
    ObjectMap::Object members;
    members.push_back({"celsius", ObjectMap{Template::parse("{payload.t}", scope).value()}});
    members.push_back({"battery", ObjectMap{Template::parse("{payload.b|default(100)}", scope).value()}});
    route.map = ObjectMap::object(std::move(members));
    return route;
}

/// `message` is copied for each run: an adapter builds it from what it has read, at about the same cost.
void dispatch(benchmark::State& state, std::vector<Route> routes, const Message& message) {
    Core core{std::move(routes)};
    {
        bench::CountAllocations count{state};
        for (auto _ : state)
            core.dispatcher.receive(message);
    }
    if (core.sink.bytes == 0) state.SkipWithError("nothing was delivered");
    if (core.dispatcher.pending() != 0) state.SkipWithError("something is still pending");
}

void dispatch_mqtt_to_happn(benchmark::State& state) {
    dispatch(state,
             {mqtt_to_happn("up", "up/{rest...}", "/up/{rest...}")},
             mqtt_message("up/d1/telemetry", R"({"t":21.5,"b":80})"));
}

void dispatch_mqtt_to_happn_mapped(benchmark::State& state) {
    dispatch(state, {mapped_route()}, mqtt_message("devices/d1/telemetry", R"({"t":21.5,"b":80})"));
}

void dispatch_happn_to_mqtt(benchmark::State& state) {
    dispatch(state,
             {happn_to_mqtt("down", "/down/{rest...}", "down/{rest...}")},
             happn_message("/down/d1/setpoint", R"({"t":21.5,"b":80})"));
}

BENCHMARK(dispatch_mqtt_to_happn);
BENCHMARK(dispatch_mqtt_to_happn_mapped);
BENCHMARK(dispatch_happn_to_mqtt);

}  // namespace
