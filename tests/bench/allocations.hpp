// Counts what a benchmark allocates, by replacing the global operator new of the benchmark's executable.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace bench {

/// Allocations of this process so far, of every thread.
std::uint64_t allocations();

/// From here to its end: reported as `allocs`, per iteration. Make it just before the loop.
class CountAllocations {
public:
    explicit CountAllocations(benchmark::State& state) : state_{state}, before_{allocations()} {}
    ~CountAllocations() {
        const auto made = static_cast<double>(allocations() - before_);
        state_.counters["allocs"] = benchmark::Counter{made, benchmark::Counter::kAvgIterations};
    }
    CountAllocations(const CountAllocations&) = delete;
    CountAllocations& operator=(const CountAllocations&) = delete;

private:
    benchmark::State& state_;
    std::uint64_t before_;
};

}  // namespace bench
