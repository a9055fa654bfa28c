// The websocket of a stream: what it does about readers that do not read, or do not answer.
#include "adapters/rest/streams/stream_socket.hpp"

#include <gtest/gtest.h>

#include "stream_parts.hpp"
#include "surface_test_base.hpp"

namespace rest {
namespace {

using std::chrono::seconds;

class Link final : public gateway::WebsocketLink {
public:
    void send(gateway::Bytes text) override { unwritten += text.size(); }
    void ping() override { ++pings; }
    std::size_t backlog() const override { return unwritten; }
    void close(std::uint16_t code) override { closed = code; }

    std::size_t unwritten = 0;
    int pings = 0;
    std::optional<std::uint16_t> closed;
};

constexpr std::uint16_t try_again_later = 1013;

class StreamSocketTest : public SurfaceTest {
protected:
    void open(gateway::Duration heartbeat) {
        gateway::StreamOptions options;
        options.heartbeat = heartbeat;
        auto stream = std::make_shared<HeldStream>(options, held, stored);
        queue = std::make_shared<ItemQueue>(std::move(stream), StreamFormat::websocket);
        socket = std::make_unique<StreamSocket>(state, queue);
        peer = socket->open(link, {});
    }
    void tick(gateway::Duration after) { peer->on_tick(start + after); }

    boost::asio::io_context io;
    std::shared_ptr<ListenerState> state =
        std::make_shared<ListenerState>(io, settings, DoorSettings{}, dispatcher, mesh, nullptr, metrics);
    bool held = false;
    std::deque<gateway::StreamItem> stored;
    std::shared_ptr<ItemQueue> queue;
    Link link;
    std::unique_ptr<StreamSocket> socket;
    std::unique_ptr<gateway::WebsocketPeer> peer;
    gateway::TimePoint start = gateway::Clock::now() + seconds{1};
};

TEST_F(StreamSocketTest, AsksForASignOfLifeAfterAHeartbeatWithoutAnItem) {
    open(seconds{15});
    tick(seconds{10});
    EXPECT_EQ(link.pings, 0);
    tick(seconds{15});
    EXPECT_EQ(link.pings, 1);
}

TEST_F(StreamSocketTest, ClosesAfterTwoHeartbeatsWithoutAnAnswer) {
    open(seconds{15});
    tick(seconds{15});
    tick(seconds{30});
    tick(seconds{44});
    EXPECT_EQ(link.closed, std::nullopt);
    tick(seconds{45});
    EXPECT_EQ(link.closed, try_again_later);
}

TEST_F(StreamSocketTest, StaysOpenForAPeerThatAnswers) {
    open(seconds{15});
    for (int heartbeats = 1; heartbeats < 20; ++heartbeats) {
        tick(heartbeats * seconds{15});
        peer->on_pong();
    }
    EXPECT_EQ(link.pings, 19);
    EXPECT_EQ(link.closed, std::nullopt);
}

TEST_F(StreamSocketTest, IsPatientHoweverShortTheHeartbeatIs) {
    open(seconds{1});
    tick(seconds{1});
    tick(seconds{10});
    EXPECT_EQ(link.closed, std::nullopt);
    tick(seconds{1} + StreamSocket::least_patience);
    EXPECT_EQ(link.closed, try_again_later);
}

TEST_F(StreamSocketTest, ClosesWhenNothingIsTakenForTheTimeOfAWrite) {
    settings.timeouts.body = seconds{5};
    state = std::make_shared<ListenerState>(io, settings, DoorSettings{}, dispatcher, mesh, nullptr, metrics);
    open(seconds{60});
    queue->on_item(item("1"));
    tick(seconds{1});
    peer->on_written();  // a part of it
    tick(seconds{4});
    tick(seconds{8});
    EXPECT_EQ(link.closed, std::nullopt);
    tick(seconds{9});
    EXPECT_EQ(link.closed, try_again_later);
}

TEST_F(StreamSocketTest, IsNotStalledWhereThereIsNothingToTake) {
    open(std::chrono::hours{24});
    tick(seconds{1});
    tick(std::chrono::hours{1});
    EXPECT_EQ(link.closed, std::nullopt);
}

TEST_F(StreamSocketTest, CountsAsActiveAsLongAsItIsOpen) {
    open(seconds{15});
    EXPECT_EQ(state->active, 1U);
    peer.reset();
    socket.reset();
    EXPECT_EQ(state->active, 0U);
    EXPECT_FALSE(held);
}

}  // namespace
}  // namespace rest
