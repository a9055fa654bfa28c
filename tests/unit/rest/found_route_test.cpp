// The route of a request is looked for once, from its head to its last byte, unless there are new routes.
#include "adapters/rest/found_route.hpp"

#include <gtest/gtest.h>

#include "connection_test_base.hpp"
#include "tests/support/memory_stream.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace rest {
namespace {

using support::MemoryPeer;

gateway::Router router_of(const std::string& path) {
    return gateway::Router{gateway::table_of({gateway::http_to_happn_get("read", "GET", path, "/d/{x}")})};
}

TEST(FoundRoute, IsLookedForOnceInTheSameRoutes) {
    const gateway::Router router = router_of("/d/{x}");
    FoundRoute found;
    const gateway::HttpMatch& match = found.by(router, "GET", "/d/1");
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(&found.by(router, "GET", "/what/is/not/looked/at"), &match);
    EXPECT_EQ(match.route->name, "read");
}

TEST(FoundRoute, IsLookedForAgainInOthers) {
    const gateway::Router before = router_of("/d/{x}");
    const gateway::Router after = router_of("/e/{x}");
    FoundRoute found;
    EXPECT_NE(found.by(before, "GET", "/d/1").route, nullptr);
    EXPECT_EQ(found.by(after, "GET", "/d/1").route, nullptr);
    EXPECT_EQ(found.by(before, "GET", "/d/1").route, before.match_http("GET", "/d/1").route);
}

TEST(FoundRoute, HandsOverWhatItsPatternHasBoundAndIsLookedForAgainAfterThat) {
    const gateway::Router router = router_of("/d/{x}");
    FoundRoute found;
    found.by(router, "GET", "/d/1");
    EXPECT_EQ(found.take_captures(), gateway::Captures{"1"});
    EXPECT_EQ(found.by(router, "GET", "/d/2").captures, gateway::Captures{"2"});
}

/// The routes are reloaded when a part of the body is there.
class ReloadedDuringItsBody : public SurfaceTest {
protected:
    ReloadedDuringItsBody() { use({answering("/d/{x}", "before")}); }

    static gateway::Route answering(std::string_view path, const std::string& what) {
        auto route = gateway::http_to_happn_get(what, "PUT", path, "/d/{x}");
        std::get<gateway::HttpSource>(route.source).body = gateway::HttpSource::Body::text;
        const gateway::Bytes text{'"' + what + '"'};
        route.targets.front().rule = gateway::AnswerTarget{gateway::ObjectMap{gateway::Value::json(text)}};
        return route;
    }

    std::string put_across_reload(gateway::Route after) {
        auto peer = std::make_shared<MemoryPeer>();
        peer->end = MemoryPeer::End::stays_silent;
        peer->pieces = {"PUT /d/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"};
        auto state =
            std::make_shared<ListenerState>(io, settings, DoorSettings{}, dispatcher, mesh, nullptr, metrics);
        boost::asio::co_spawn(
            io,
            serve_connection(state, std::make_unique<support::MemoryStream>(io, peer), {"192.0.2.1", 4711}),
            [](const std::exception_ptr& failure) { EXPECT_EQ(failure, nullptr); });
        work();
        EXPECT_EQ(peer->written, "");
        use({std::move(after)});
        peer->sends("cd");
        work();
        peer->ends_now();
        work();
        return peer->written;
    }

    void work() {
        io.restart();
        while (io.poll_one() > 0) {
        }
    }

    boost::asio::io_context io;
};

TEST_F(ReloadedDuringItsBody, ARequestTakesTheRouteOfNow) {
    const auto written = put_across_reload(answering("/d/{x}", "after"));
    EXPECT_TRUE(written.starts_with("HTTP/1.1 200 ")) << written;
    EXPECT_TRUE(written.ends_with("after")) << written;
}

TEST_F(ReloadedDuringItsBody, ARequestWhoseRouteIsGoneHasNone) {
    const auto written = put_across_reload(answering("/e/{x}", "after"));
    EXPECT_TRUE(written.starts_with("HTTP/1.1 404 ")) << written;
}

}  // namespace
}  // namespace rest
