#include "tests/support/sum_rule.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <numeric>

namespace support {
namespace {

constexpr std::string_view prefix = "happn_gateway_route_";

struct Sample {
    std::string_view series;  // name{labels}
    double value = 0;
};

void each_sample(std::string_view metrics, const std::function<void(const Sample&)>& visit) {
    while (!metrics.empty()) {
        const auto line = metrics.substr(0, metrics.find('\n'));
        metrics.remove_prefix(std::min(metrics.size(), line.size() + 1));
        if (line.empty() || line.front() == '#') continue;
        const auto space = line.rfind(' ');
        if (space == std::string_view::npos) continue;
        visit({line.substr(0, space), std::strtod(std::string{line.substr(space + 1)}.c_str(), nullptr)});
    }
}

// The names of routes and reasons are plain, so that no escapes occur.
std::string label(std::string_view series, const std::string& name) {
    for (const std::string_view before : {"{", ","}) {
        const auto mark = std::string{before} + name + "=\"";
        const auto at = series.find(mark);
        if (at == std::string_view::npos) continue;
        const auto rest = series.substr(at + mark.size());
        return std::string{rest.substr(0, rest.find('"'))};
    }
    return {};
}

}  // namespace

std::uint64_t RouteCounts::ended() const {
    return std::accumulate(
        outcomes.begin(), outcomes.end(), std::uint64_t{0}, [](std::uint64_t sum, const auto& outcome) {
            return sum + outcome.second;
        });
}

std::uint64_t RouteCounts::outcome(const std::string& name) const {
    const auto found = outcomes.find(name);
    return found == outcomes.end() ? 0 : found->second;
}

std::map<std::string, RouteCounts> route_counts(std::string_view metrics) {
    std::map<std::string, RouteCounts> routes;
    each_sample(metrics, [&routes](const Sample& sample) {
        if (!sample.series.starts_with(prefix)) return;
        const auto kind = sample.series.substr(prefix.size(), sample.series.find('{') - prefix.size());
        const auto value = static_cast<std::uint64_t>(sample.value);
        auto& route = routes[label(sample.series, "route")];
        if (kind == "matched_total") route.matched = value;
        if (kind == "recovered_total") route.recovered = value;
        if (kind == "pending") route.pending = value;
        if (kind == "outcome_total") {
            route.outcomes[label(sample.series, "outcome")] += value;
            route.reasons[label(sample.series, "reason")] += value;
        }
    });
    return routes;
}

std::uint64_t pending(std::string_view metrics) {
    std::uint64_t sum = 0;
    for (const auto& [name, route] : route_counts(metrics))
        sum += route.pending;
    return sum;
}

double metric(std::string_view metrics, std::string_view series) {
    double value = 0;
    each_sample(metrics, [&](const Sample& sample) {
        if (sample.series == series) value = sample.value;
    });
    return value;
}

void expect_sum_rule(std::string_view metrics) {
    for (const auto& [name, route] : route_counts(metrics)) {
        EXPECT_EQ(route.matched + route.recovered, route.ended() + route.pending)
            << "the sum rule is broken for route '" << name << "' in\n"
            << metrics;
    }
}

}  // namespace support
