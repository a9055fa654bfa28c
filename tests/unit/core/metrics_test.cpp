#include "gateway/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Metrics, WritesCountersInThePrometheusTextFormat) {
    Metrics metrics;
    RouteCounters& route = metrics.route("up");
    metrics.matched(route, 10);
    metrics.matched(route, 5);
    metrics.ended(route, Fate::delivered, "", Milliseconds{2});
    metrics.count("unmatched", 3);
    const std::string text = metrics.text({{"broker", "local", true, true, "", 4}}, {{"up", 1}});
    EXPECT_THAT(text, HasSubstr("happn_gateway_route_matched_total{route=\"up\"} 2\n"));
    EXPECT_THAT(
        text,
        HasSubstr("happn_gateway_route_outcome_total{route=\"up\",outcome=\"delivered\",reason=\"\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_route_pending{route=\"up\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_route_bytes_total{route=\"up\"} 15\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_route_seconds_bucket{route=\"up\",le=\"0.001\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_route_seconds_bucket{route=\"up\",le=\"0.0025\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_connection_ready{kind=\"broker\",name=\"local\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("happn_gateway_unmatched_total 3\n"));
}

TEST(Metrics, HoldTheSumRuleWhenEveryMatchHasEndedOnceOrIsPending) {
    Metrics metrics;
    RouteCounters& route = metrics.route("up");
    metrics.matched(route, 0);
    metrics.matched(route, 0);
    metrics.ended(route, Fate::dropped, "timeout", Milliseconds{2});
    EXPECT_THAT(metrics.broken_sums({{"up", 1}}), IsEmpty());
}

TEST(Metrics, NameARouteThatHasLostAnExecution) {
    Metrics metrics;
    metrics.route("fine");
    metrics.matched(metrics.route("up"), 0);
    EXPECT_THAT(metrics.broken_sums({}), ElementsAre("route up: 1 matched, 0 recovered, 0 ended, 0 pending"));
}

TEST(Metrics, NameARouteThatHasEndedAnExecutionTwice) {
    Metrics metrics;
    RouteCounters& route = metrics.route("up");
    metrics.matched(route, 0);
    metrics.ended(route, Fate::delivered, "", Milliseconds{2});
    metrics.ended(route, Fate::dropped, "timeout", Milliseconds{2});
    EXPECT_THAT(metrics.broken_sums({}), ElementsAre("route up: 1 matched, 0 recovered, 2 ended, 0 pending"));
}

TEST(Metrics, EscapesLabelValues) {
    Metrics metrics;
    metrics.route("a\"b\\c\nd");
    EXPECT_THAT(metrics.text({}, {}), HasSubstr("{route=\"a\\\"b\\\\c\\nd\"}"));
}

}  // namespace
}  // namespace gateway
