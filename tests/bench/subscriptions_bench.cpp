// Who gets a publication on the node, among 100, 10,000 and 100,000 subscriptions of which one fits: by exact
// path, by a `*` segment, by a trailing `**`, by the prefixes of old clients; what subscribing and
// unsubscribing costs beside so many others; and what each one takes in memory (`bytes`). Times of one kind
// should be alike.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/happn/node/subscriptions.hpp"
#include "tests/bench/allocations.hpp"

namespace {

using happn::ChannelWord;
using happn::node::Generation;
using happn::node::Hit;
using happn::node::SessionNumber;
using happn::node::Subscriptions;

constexpr std::int64_t each_session = 1000;

struct Kind {
    Generation rules;
    std::string before, after;  // of the number in the pattern
    std::string path_after;     // of the number in a path that fits
};

const Kind exact{Generation::current, "/ALL@/plant/device", "/temperature", "/temperature"};
const Kind star{Generation::current, "/ALL@/plant/*/sensor", "/value", "/value"};
const Kind deep{Generation::current, "/ALL@/plant/device", "/**", "/a/b"};
const Kind old_tree{Generation::old, "/ALL@/plant/device", "/*", "/a/b"};
const Kind old_prefix{Generation::old, "/ALL@/plant/device", "x*", "xy/b"};

std::string number(std::int64_t i) {
    return std::to_string(1'000'000 + i);
}

std::string channel(const Kind& kind, std::int64_t i) {
    return kind.before + number(i) + kind.after;
}

std::string fitting_path(const Kind& kind, std::int64_t i) {
    auto path = kind.before.substr(kind.before.find('@') + 1) + number(i) + kind.path_after;
    const auto at = path.find('*');
    return at == std::string::npos ? path : path.replace(at, 1, "line1");
}

SessionNumber session(std::int64_t i) {
    return static_cast<SessionNumber>(1 + i / each_session);
}

void add(Subscriptions& all, const Kind& kind, std::int64_t i) {
    all.add(session(i), kind.rules, channel(kind, i), 0, {static_cast<std::uint64_t>(i), -1, "{}"});
}

std::unique_ptr<Subscriptions> filled(const Kind& kind, std::int64_t count) {
    auto all = std::make_unique<Subscriptions>();
    for (std::int64_t i = 0; i < count; ++i) {
        add(*all, kind, i);
    }
    return all;
}

void node_match(benchmark::State& state, const Kind& kind) {
    const auto all = filled(kind, state.range(0));
    const auto path = fitting_path(kind, state.range(0) / 2);
    std::vector<Hit> hits;
    {
        bench::CountAllocations count{state};
        for (auto _ : state) {
            hits.clear();
            all->match(ChannelWord::set, path, hits);
            benchmark::DoNotOptimize(hits.data());
        }
    }
    if (hits.size() != 1) state.SkipWithError("not one hit");
}

/// One more `on` and its `off`, of a session that holds a thousand.
void node_on_and_off(benchmark::State& state, const Kind& kind) {
    const auto all = filled(kind, state.range(0));
    const auto late = channel(kind, state.range(0));
    const SessionNumber who = session(0);
    for (auto _ : state) {
        all->add(who, kind.rules, late, 0, {1'000'000'000, -1, "{}"});
        benchmark::DoNotOptimize(all->remove_reference(who, late, 1'000'000'000));
    }
}

void node_fill(benchmark::State& state, const Kind& kind) {
    double bytes = 0;
    for (auto _ : state) {
        const auto before = mallinfo2().uordblks;
        auto all = filled(kind, state.range(0));
        bytes = static_cast<double>(mallinfo2().uordblks - before);
        state.PauseTiming();
        all.reset();
        state.ResumeTiming();
    }
    state.counters["bytes"] = bytes / static_cast<double>(state.range(0));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

#define EACH_KIND(what)                                                               \
    BENCHMARK_CAPTURE(what, exact, exact)->Arg(100)->Arg(10'000)->Arg(100'000);       \
    BENCHMARK_CAPTURE(what, star, star)->Arg(100)->Arg(10'000)->Arg(100'000);         \
    BENCHMARK_CAPTURE(what, deep, deep)->Arg(100)->Arg(10'000)->Arg(100'000);         \
    BENCHMARK_CAPTURE(what, old_tree, old_tree)->Arg(100)->Arg(10'000)->Arg(100'000); \
    BENCHMARK_CAPTURE(what, old_prefix, old_prefix)->Arg(100)->Arg(10'000)->Arg(100'000)

EACH_KIND(node_match);
EACH_KIND(node_on_and_off);
EACH_KIND(node_fill);

#undef EACH_KIND

}  // namespace
