// The sum rule: of each route, every match has ended in exactly one way or is still under way. Read from the
// text of /metrics (Prometheus text exposition format 0.0.4).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace support {

struct RouteCounts {
    std::uint64_t matched = 0;
    std::uint64_t recovered = 0;  // from the spool of an earlier run
    std::uint64_t pending = 0;
    std::map<std::string, std::uint64_t> outcomes;  // "delivered", "dropped", ... summed over the reasons
    std::map<std::string, std::uint64_t> reasons;   // summed over the outcomes

    std::uint64_t ended() const;
    std::uint64_t outcome(const std::string& name) const;  // 0 when there is none
};

std::map<std::string, RouteCounts> route_counts(std::string_view metrics);

/// Messages without an outcome, of all routes.
std::uint64_t pending(std::string_view metrics);

/// The value of the first sample whose name and labels are exactly `series`, as in `up{name="local"}`; 0
/// without one.
double metric(std::string_view metrics, std::string_view series);

/// A failure of the running test for each route that breaks the rule.
void expect_sum_rule(std::string_view metrics);

}  // namespace support
