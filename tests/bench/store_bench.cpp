// What reading by a wildcard costs in a store of a thousand items and in one of a million: the result is the
// same ten items, and so must be the time, whichever end of the path the pattern leaves open. Beside it what
// a write costs.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "adapters/happn/node/store/stored_items.hpp"
#include "adapters/happn/query/query.hpp"

namespace happn::node {
namespace {

constexpr const char* data = R"({"celsius":21.5,"battery":87,"state":"running","serial":"0123456789"})";
constexpr int leaves = 10;  // items of each device
constexpr const char* leaf_names[leaves] = {
    "telemetry", "state", "config", "alarm", "firmware", "position", "network", "owner", "log", "battery"};

std::string path_of(std::int64_t device, int leaf) {
    return "/plants/" + std::to_string(device % 7) + "/devices/" + std::to_string(device) + "/" +
           leaf_names[leaf];
}

enum Kind : std::int64_t { memory, file };

/// Of `items` items; made once for each kind and size, kept for all benchmarks.
Store& filled(Kind kind, std::int64_t items) {
    static std::map<std::pair<Kind, std::int64_t>, std::unique_ptr<Store>> stores;
    auto& store = stores[{kind, items}];
    if (!store) {
        gateway::NodeSettings settings;
        settings.max_items = 10'000'000;
        settings.max_store_bytes = 4ull << 30;
        if (kind == file) {
            const auto name = "happn-store-bench-" + std::to_string(::getpid()) + "-" + std::to_string(items);
            settings.store_file = std::filesystem::temp_directory_path() / name;
        }
        store = open_store(settings).value();
        for (std::int64_t i = 0; i < items; ++i) {
            store->put(path_of(i / leaves, static_cast<int>(i % leaves)), {data, {1, 1}, {}}).value();
        }
        // Ten that only their ends tell from the others.
        for (int i = 0; i < leaves; ++i) {
            store->put("/plants/3/devices/x" + std::to_string(i) + "/rare", {data, {1, 1}, {}}).value();
        }
    }
    return *store;
}

void read_by(benchmark::State& state, const char* pattern, const char* options) {
    Store& store = filled(static_cast<Kind>(state.range(0)), state.range(1));
    std::size_t found = 0;
    for (auto _ : state) {
        found = query::select(stored_items(store, pattern), options, query::Naming::current).value().size();
    }
    state.counters["items"] = static_cast<double>(found);
}

void sizes(benchmark::internal::Benchmark* bench) {
    bench->ArgNames({"file", "items"});
    for (const auto kind : {memory, file}) {
        for (const auto items : {1'000, 1'000'000}) {
            bench->Args({kind, items});
        }
    }
}

BENCHMARK_CAPTURE(read_by, exact, "/plants/0/devices/7/state", "")->Apply(sizes);
BENCHMARK_CAPTURE(read_by, open_end, "/plants/0/devices/7/*", "")->Apply(sizes);
BENCHMARK_CAPTURE(read_by, open_begin, "*/rare", "")->Apply(sizes);
BENCHMARK_CAPTURE(read_by, open_middle, "/plants/*/rare", "")->Apply(sizes);
BENCHMARK_CAPTURE(read_by, first_ten_of_all, "*", R"({"options":{"limit":10}})")->Apply(sizes);
BENCHMARK_CAPTURE(read_by, criteria, "/plants/0/devices/7/*", R"({"criteria":{"celsius":{"$gt":20}}})")
    ->Apply(sizes);

void write_known(benchmark::State& state) {
    Store& store = filled(static_cast<Kind>(state.range(0)), state.range(1));
    const auto path = path_of(7, 1);
    for (auto _ : state) {
        store.put(path, {data, {1, 2}, {}}).value();
    }
}
BENCHMARK(write_known)->Apply(sizes);

void write_new(benchmark::State& state) {
    Store& store = filled(static_cast<Kind>(state.range(0)), state.range(1));
    std::int64_t n = 0;
    for (auto _ : state) {
        store.put("/new/" + std::to_string(n++), {data, {1, 1}, {}}).value();
    }
    store.remove("/new/*").value();
}
BENCHMARK(write_new)->Apply(sizes);

}  // namespace
}  // namespace happn::node
