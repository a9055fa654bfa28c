// Subscriptions that a real mesh does not answer in time, or refuses and allows later.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "tests/integration/in_process/live_session.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/js_peer.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace support {
namespace {

constexpr auto generation_name = [](const auto& mesh) { return name_of_version(mesh.param); };

class SubscriptionOfAStalledMesh : public testing::TestWithParam<const char*> {
protected:
    static happn::SessionSettings impatient() {
        happn::SessionSettings settings;
        settings.step_timeout = 2s;
        settings.retry_min = 100ms;
        return settings;
    }
    const happn::SessionFsm& fsm() { return session.session().session(); }
    void publish(int n) {
        JsClient client{happn_client_of(GetParam())};
        client.connect(mesh.port());
        client.set("/d/a", n);
    }

    boost::asio::io_context io;
    JsMesh mesh{{.generation = GetParam()}};
    TcpProxy proxy{mesh.port()};
    LiveSession session{io, proxy.port(), impatient()};
};

constexpr const char* channels[] = {"/SET@/d/*", "/SET@/d/a"};  // old meshes count these in different ways

TEST_P(SubscriptionOfAStalledMesh, IsMadeByItsLateAnswersAndHeldOnce) {
    ASSERT_TRUE(session.ready());
    proxy.stall();
    for (const std::string channel : channels) {
        EXPECT_FALSE(session.on(channel)) << "it is told that there was no answer";
        EXPECT_EQ(fsm().trouble_of(channel), "the mesh did not answer in time");
    }
    ASSERT_TRUE(session.run_until([this] { return fsm().pending() > 0; })) << "tried again";
    proxy.resume();
    for (const std::string channel : channels)
        ASSERT_TRUE(session.run_until([&] { return fsm().subscribed(channel); })) << channel;
    ASSERT_TRUE(session.run_until([this] { return fsm().pending() == 0; })) << "what is too much is ended";
    publish(1);
    EXPECT_EQ(session.heard().size(), std::size(channels)) << "once by each of them";

    for (const std::string channel : channels)
        session.off(channel);
    publish(2);
    EXPECT_TRUE(session.heard().empty());
    EXPECT_EQ(session.metrics().find("happn_publications_unmatched"), std::string::npos)
        << "the mesh still has a subscription";
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         SubscriptionOfAStalledMesh,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         generation_name);

// --- rights that are given later -----------------------------------------------------------------

constexpr const char* events = "/ALL@/_events/TestNode/testTools/*";

class SubscriptionWithoutARight : public testing::TestWithParam<const char*> {
protected:
    void subscribe(gateway::Duration refused_retry) {
        happn::SessionSettings settings;
        settings.username = "nobody";
        settings.password = gateway::Secret{"pw"};
        settings.refused_retry = refused_retry;
        session.emplace(io, mesh.port(), settings);
        ASSERT_TRUE(session->ready());
        EXPECT_FALSE(session->on(events));
        EXPECT_EQ(fsm().trouble_of(events), "unauthorized");
        mesh.give_rights("nobody");
    }
    void expect_events() {
        ASSERT_TRUE(session->run_until([this] { return fsm().subscribed(events); }));
        JsClient client{std::string{"mesh-client@"} + GetParam()};
        client.connect(mesh.port(), {.username = "_ADMIN", .password = "happn"});
        client.call("testTools", "emitEvent", {"rung", 1});
        std::size_t heard = 0;
        EXPECT_TRUE(eventually([&] { return (heard += session->heard().size()) > 0; }));
        EXPECT_EQ(heard, 1U);
    }
    const happn::SessionFsm& fsm() { return session->session().session(); }

    boost::asio::io_context io;
    JsMesh mesh{{.generation = GetParam(), .secure = true}};
    std::optional<LiveSession> session;
};

TEST_P(SubscriptionWithoutARight, IsMadeWhenItIsTriedAfterTheRightWasGiven) {
    subscribe(200ms);
    expect_events();
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         SubscriptionWithoutARight,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         generation_name);

class TalkativeMesh : public SubscriptionWithoutARight {};

TEST_P(TalkativeMesh, TellsThatTheRightWasGiven) {
    subscribe(24h);
    expect_events();
}

INSTANTIATE_TEST_SUITE_P(Generations, TalkativeMesh, testing::Values("11.16.1", "13.1.1"), generation_name);

}  // namespace
}  // namespace support
