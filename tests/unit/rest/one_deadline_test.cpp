// A caller waits once: the time in which the mesh says whose a token is comes off what the call may take.
#include <gtest/gtest.h>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

using gateway::Clock;
using gateway::TimePoint;

constexpr gateway::Duration short_time = std::chrono::milliseconds{300};
constexpr gateway::Duration long_time = std::chrono::minutes{1};

/// GET /d/{x}, or test/read(x): reads from the node.
class OneDeadline : public SurfaceTest {
protected:
    OneDeadline() {
        make_secure();
        mesh.takes_its_time = true;
    }

    static gateway::Route mapped(gateway::Duration timeout) {
        auto route = gateway::http_to_happn_get("read", "GET", "/d/{x}", "/d/{x}");
        route.targets.front().timeout = timeout;
        return route;
    }
    static gateway::Route method(gateway::Duration timeout) {
        auto route = mapped(timeout);
        gateway::CallSource source;
        source.component = "test";
        source.method = "read";
        route.source = std::move(source);
        auto& rule = std::get<gateway::HappnTarget>(route.targets.front().rule);
        rule.path =
            gateway::AddressTemplate::parse("/d/1", gateway::AddressTemplate::Kind::happn, {}).value();
        return route;
    }

    /// Gives the time when the request had been taken; the mesh says whose the token is some time after.
    TimePoint send_and_wait(const std::string& target) {
        EXPECT_FALSE(send("GET", target, {bearer("tester")}).has_value());
        const TimePoint sent = Clock::now();
        while (Clock::now() == sent) {
        }
        mesh.give_verdicts();
        return sent;
    }
    TimePoint deadline_of_the_target() const {
        if (!sinks.node.delivered.empty()) return sinks.node.delivered.front().second.deadline;
        ADD_FAILURE() << "no target was asked";
        return {};
    }
};

TEST_F(OneDeadline, OfAMappedRouteIsItsTargetsFromTheRequestOn) {
    use({mapped(long_time)});
    const TimePoint sent = send_and_wait("/d/1");
    EXPECT_LE(deadline_of_the_target(), sent + long_time);
    EXPECT_GT(deadline_of_the_target(), sent) << "but it has the rest";
}

TEST_F(OneDeadline, OfAMappedRouteCountsForTheMeshToo) {
    use({mapped(short_time)});
    const TimePoint sent = send_and_wait("/d/1");
    EXPECT_LE(mesh.last_authentication_until, sent + short_time);
}

TEST_F(OneDeadline, OfAMethodOfAMappingFileIsItsTargetsFromTheRequestOn) {
    use({method(long_time)});
    const TimePoint sent = send_and_wait("/rest/method/test/read");
    EXPECT_LE(deadline_of_the_target(), sent + long_time);
    EXPECT_GT(deadline_of_the_target(), sent + settings.timeouts.rest) << "a method may take longer";
}

TEST_F(OneDeadline, OfAMethodOfTheMeshIsThatOfTheMirror) {
    const TimePoint sent = send_and_wait("/rest/method/componentName/methodName");
    ASSERT_EQ(mesh.calls.size(), 1U);
    EXPECT_LE(mesh.calls.front().deadline, sent + settings.timeouts.rest);
    EXPECT_EQ(mesh.calls.front().deadline, mesh.last_authentication_until);
}

}  // namespace
}  // namespace rest
