// A whole connection with a stream, in memory: what its two halves and its two forms come to.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <regex>

#include "adapters/rest/http_connection.hpp"
#include "stream_parts.hpp"
#include "surface_test_base.hpp"
#include "tests/support/memory_stream.hpp"

namespace rest {
namespace {

using support::MemoryPeer;

constexpr const char* request = "GET /d/d1/events HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* upgrade =
    "GET /d/d1/events HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class StreamConnectionTest : public SurfaceTest {
protected:
    StreamConnectionTest() {
        mesh.is_secure = false;
        use({watch_route()});
    }
    ~StreamConnectionTest() override {
        for (Connection* connection : state->connections)
            connection->abort();
        work();
        EXPECT_TRUE(ended);
        EXPECT_EQ(state->active, 0U);
    }
    void connect(std::string bytes, MemoryPeer::End end) {
        peer->pieces = {std::move(bytes)};
        peer->end = end;
        boost::asio::co_spawn(
            io,
            serve_connection(state, std::make_unique<support::MemoryStream>(io, peer), {"192.0.2.1", 4711}),
            [this](const std::exception_ptr& failure) {
                EXPECT_EQ(failure, nullptr);
                ended = true;
            });
        work();
        dispatcher.on_open(id());
        work();
    }
    void work() {
        io.restart();
        while (io.poll_one() > 0) {
        }
    }
    void publish(std::string json) {
        gateway::StreamItem one = item(std::move(json));
        one.address = "/d/d1/t";
        dispatcher.on_item(id(), std::move(one));
        work();
    }
    gateway::DeliveryId id() const { return sinks.node.delivered.at(0).first; }
    bool has_written(std::string_view text) const { return peer->written.find(text) != std::string::npos; }

    boost::asio::io_context io;
    std::shared_ptr<ListenerState> state =
        std::make_shared<ListenerState>(io, settings, DoorSettings{}, dispatcher, mesh, nullptr, metrics);
    std::shared_ptr<MemoryPeer> peer = std::make_shared<MemoryPeer>();
    bool ended = false;
};

TEST_F(StreamConnectionTest, GoesOnForAClientThatHasShutItsSendingSide) {
    connect(request, MemoryPeer::End::shuts_sending);
    publish("1");
    publish("2");
    EXPECT_TRUE(has_written("data: 1\n\n") && has_written("data: 2\n\n")) << peer->written;
    EXPECT_FALSE(ended);
}

TEST_F(StreamConnectionTest, FindsOutAtOnceWhetherSuchAClientIsStillThere) {
    connect(request, MemoryPeer::End::stays_silent);
    EXPECT_FALSE(has_written(":\n\n"));
    peer->ends_now();
    work();
    EXPECT_TRUE(has_written(":\n\n")) << "long before the heartbeat";
}

TEST_F(StreamConnectionTest, CountsAsActiveInEachOfItsForms) {
    connect(request, MemoryPeer::End::stays_silent);
    EXPECT_EQ(state->active, 1U);
}

TEST_F(StreamConnectionTest, IsNoWebsocketForAClientOfHttp10) {
    connect(std::regex_replace(upgrade, std::regex{"HTTP/1.1"}, "HTTP/1.0"), MemoryPeer::End::stays_silent);
    EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 200 ")) << peer->written;
}

TEST_F(StreamConnectionTest, OverAWebsocketCountsAsActiveToo) {
    connect(upgrade, MemoryPeer::End::stays_silent);
    EXPECT_EQ(state->active, 1U);
    publish("1");
    EXPECT_TRUE(
        peer->written.ends_with("\x81\x01"
                                "1"));
}

TEST_F(StreamConnectionTest, IsNotOpenedForAWebsocketThatCannotBe) {
    peer->pieces = {std::regex_replace(upgrade, std::regex{"Key: [^\r]*"}, "Key: abc")};
    boost::asio::co_spawn(
        io,
        serve_connection(state, std::make_unique<support::MemoryStream>(io, peer), {"192.0.2.1", 4711}),
        [this](const std::exception_ptr&) { ended = true; });
    work();
    EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 400 ")) << peer->written;
    EXPECT_TRUE(sinks.node.delivered.empty());
}

TEST_F(StreamConnectionTest, OverAWebsocketStaysOpenAsLongAsPingsAreAnswered) {
    const std::string pong{"\x8a\x80\0\0\0\0", 6};
    connect(upgrade, MemoryPeer::End::stays_silent);
    const auto start = gateway::Clock::now() + std::chrono::seconds{1};
    const auto after_heartbeats = [&](int count) {
        for (Connection* connection : state->connections)
            connection->check_deadline(start + count * std::chrono::seconds{15});
        work();
    };
    after_heartbeats(1);
    peer->sends(pong);
    work();
    after_heartbeats(2);
    after_heartbeats(3);
    EXPECT_FALSE(ended);
    after_heartbeats(4);
    EXPECT_TRUE(ended) << "the second ping was not answered";
}

TEST_F(StreamConnectionTest, OverAWebsocketSaysWhyItEndsAndThatAnotherMayBeTried) {
    connect(upgrade, MemoryPeer::End::stays_silent);
    dispatcher.end_streams(gateway::Error{gateway::Errc::unavailable, "the gateway is stopping"});
    work();
    EXPECT_TRUE(has_written(R"({"event":"closed","name":)")) << peer->written;
    EXPECT_TRUE(peer->written.ends_with("\x88\x02\x03\xf5")) << "a close frame with 1013";
}

}  // namespace
}  // namespace rest
