// Reading and writing happn frames, as they were measured between a happner mesh and its clients.
#include <benchmark/benchmark.h>

#include <string>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/json.hpp"
#include "tests/bench/allocations.hpp"

namespace {

const std::string request_frame =
    R"({"action":"set","eventId":7,"path":"/_exchange/requests/TestNode/componentName/causeEventMethod",)"
    R"("data":{"callbackAddress":"/_exchange/responses/dd923b51-52be-4d36-aad0-4a209127fc56/TestNode/)"
    R"(componentName/causeEventMethod/1","args":[],"origin":{"id":"dd923b51-52be-4d36-aad0-4a209127fc56"}},)"
    R"("sessionId":"dd923b51-52be-4d36-aad0-4a209127fc56","options":{"timeout":10000,"noStore":true}})";

const std::string publication_frame =
    R"({"data":{"t":21.5,"b":80},"_meta":{"path":"/devices/d1/telemetry","channel":"/SET@/devices/*",)"
    R"("action":"/SET@/devices/d1/telemetry","type":"data","sessionId":"e3a520ab-e6f8-4769-80b9-09203eff2597",)"
    R"("consistency":2,"publicationId":"e3a520ab-e6f8-4769-80b9-09203eff2597-15"},"__outbound":true,)"
    R"("protocol":"happn_4"})";

const std::string payload = R"({"t":21.5,"b":80})";

void read(benchmark::State& state, const std::string& text) {
    bench::CountAllocations count{state};
    for (auto _ : state) {
        auto frame = happn::Frame::parse(text);
        benchmark::DoNotOptimize(frame);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void frame_read_request(benchmark::State& state) {
    read(state, request_frame);
}
void frame_read_publication(benchmark::State& state) {
    read(state, publication_frame);
}

void frame_write_request(benchmark::State& state) {
    std::uint64_t event_id = 0;
    bench::CountAllocations count{state};
    for (auto _ : state) {
        happn::Request request;
        request.action = "set";
        request.event_id = ++event_id;
        request.path = "/devices/d1/telemetry";
        request.data = payload;
        request.session_id = "e3a520ab-e6f8-4769-80b9-09203eff2597";
        request.options = R"({"noStore":true,"timeout":10000})";
        auto text = happn::write_request(request);
        benchmark::DoNotOptimize(text);
    }
}

void frame_write_response(benchmark::State& state) {
    bench::CountAllocations count{state};
    for (auto _ : state) {
        happn::FrameTail tail;
        tail.protocol = "happn_4";
        auto text = happn::write_frame(payload, R"({"type":"response","status":"ok","eventId":7})", tail);
        benchmark::DoNotOptimize(text);
    }
}

void payload_validate(benchmark::State& state) {
    bench::CountAllocations count{state};
    for (auto _ : state) {
        bool valid = gateway::json::valid(payload);
        benchmark::DoNotOptimize(valid);
    }
}

void payload_unwrap(benchmark::State& state) {
    bench::CountAllocations count{state};
    for (auto _ : state) {
        auto unwrapped = happn::unwrapped(R"({"value":21.5})");
        benchmark::DoNotOptimize(unwrapped);
    }
}

BENCHMARK(frame_read_request);
BENCHMARK(frame_read_publication);
BENCHMARK(frame_write_request);
BENCHMARK(frame_write_response);
BENCHMARK(payload_validate);
BENCHMARK(payload_unwrap);

}  // namespace
