// Counters of one shard, and their text for Prometheus (text exposition format 0.0.4). Touched on the shard's
// thread only; a scrape is a message to the shard.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/ports.hpp"

namespace gateway {

enum class Fate : std::uint8_t { delivered, filtered, refused, dropped, dead };
std::string_view fate_name(Fate fate);

struct RouteCounters {
    std::uint64_t matched = 0;
    std::uint64_t recovered = 0;  // taken over from the spool of an earlier run
    std::map<Fate, std::map<std::string, std::uint64_t, std::less<>>> outcomes;  // by reason; of delivered ""
    std::uint64_t bytes_in = 0;
    std::uint64_t outputs = 0;
    std::vector<std::uint64_t> latency_buckets;
    double latency_sum = 0;  // seconds
    std::uint64_t latency_count = 0;
};

/// Executions without an outcome, by route; routes without any are left out. Counted where the executions
/// are, not here, so that the sum rule can fail.
using Pending = std::map<std::string, std::uint64_t, std::less<>>;

class Metrics {
public:
    RouteCounters& route(std::string_view name);             // stable reference
    void count(std::string_view name, std::uint64_t n = 1);  // a plain counter, `happn_gateway_<name>_total`
    void gauge(std::string_view name, double value);

    void matched(RouteCounters& route, std::size_t bytes);
    void recovered(RouteCounters& route) { ++route.recovered; }
    void ended(RouteCounters& route, Fate fate, std::string_view reason, Duration latency);

    /// The routes that break the sum rule, each with its numbers, for people.
    std::vector<std::string> broken_sums(const Pending& pending) const;

    /// Prometheus text, with the state of each connection.
    std::string text(const std::vector<ConnectionState>& connections, const Pending& pending) const;

private:
    std::map<std::string, RouteCounters, std::less<>> routes_;
    std::map<std::string, std::uint64_t, std::less<>> counters_;
    std::map<std::string, double, std::less<>> gauges_;
};

}  // namespace gateway
