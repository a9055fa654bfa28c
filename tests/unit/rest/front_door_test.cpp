// Whom the front door takes, and who may open a websocket, over sockets on loopback.
#include "adapters/rest/front_door.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class OpenNode final : public gateway::WebsocketAcceptor {
public:
    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink&,
                                                 const gateway::UpgradeRequest&) override {
        ++opened;
        return std::make_unique<Deaf>();
    }
    std::size_t max_frame_bytes() const override { return 1024; }
    int opened = 0;

private:
    class Deaf final : public gateway::WebsocketPeer {
        void on_text(std::string_view) override {}
    };
};

class FrontDoorTest : public SurfaceTest {
protected:
    FrontDoorTest() { door.start(); }

    tcp::socket connected() {
        tcp::socket client{io};
        client.connect({asio::ip::make_address("127.0.0.1"), door.ports().front()});
        return client;
    }

    /// The first bytes of what is answered.
    std::string upgrade(const std::string& headers) {
        tcp::socket client = connected();
        const std::string request =
            "GET /primus HTTP/1.1\r\nHost: 127.0.0.1:55000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            headers + "\r\n";
        asio::write(client, asio::buffer(request));
        std::string received;
        std::array<char, 1024> piece{};
        client.async_read_some(asio::buffer(piece), [&](boost::system::error_code, std::size_t size) {
            received.assign(piece.data(), size);
        });
        while (received.empty() && io.run_one_for(std::chrono::seconds{10}) > 0) {
        }
        return received.substr(0, std::string_view{"HTTP/1.1 101"}.size());
    }

    template <typename Condition>
    void run_until(const Condition& condition) {
        while (!condition() && io.run_one_for(std::chrono::seconds{10}) > 0) {
        }
        EXPECT_TRUE(condition());
    }

    /// That have come since it was last asked.
    static std::size_t answers_to(tcp::socket& client) {
        std::string received(client.available(), '\0');
        asio::read(client, asio::buffer(received));
        std::size_t answers = 0;
        for (auto at = received.find("pong"); at != std::string::npos; at = received.find("pong", at + 1))
            ++answers;
        return answers;
    }

    static FrontDoorSettings on_loopback() {
        FrontDoorSettings made;
        made.listen = {gateway::ListenerSettings{{"127.0.0.1", 0}}};
        return made;
    }

    asio::io_context io;
    OpenNode node;
    FrontDoor door{io, on_loopback(), dispatcher, mesh, &node, metrics};
};

TEST_F(FrontDoorTest, NewcomersDoNotWaitForEachOtherWhileSomebodyIsServed) {
    constexpr std::size_t newcomers = 40;
    constexpr std::size_t requests = 1000;
    const std::string ping = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";
    tcp::socket busy = connected();
    std::string pings;
    for (std::size_t i = 0; i < requests; ++i)
        pings += ping;
    asio::write(busy, asio::buffer(pings));
    run_until([&] { return busy.available() > 0; });
    std::vector<tcp::socket> others;
    for (std::size_t i = 0; i < newcomers; ++i)
        asio::write(others.emplace_back(connected()), asio::buffer(ping));
    (void)answers_to(busy);
    run_until([&] {
        return std::ranges::all_of(others, [](const tcp::socket& one) { return one.available() > 0; });
    });
    EXPECT_LT(answers_to(busy), newcomers / 2);
}

TEST_F(FrontDoorTest, AProgramAndAPageOfTheGatewayMayOpenAWebsocket) {
    EXPECT_EQ(upgrade(""), "HTTP/1.1 101");
    EXPECT_EQ(upgrade("Origin: http://127.0.0.1:55000\r\n"), "HTTP/1.1 101");
    EXPECT_EQ(node.opened, 2);
}

TEST_F(FrontDoorTest, APageOfAnotherOriginMayNotOpenAWebsocket) {
    EXPECT_EQ(upgrade("Origin: http://evil.example\r\n"), "HTTP/1.1 403");
    EXPECT_EQ(upgrade("Origin: null\r\n"), "HTTP/1.1 403");
    EXPECT_EQ(upgrade("Origin: http://127.0.0.1:8080\r\n"), "HTTP/1.1 403");
    EXPECT_EQ(node.opened, 0);
}

}  // namespace
}  // namespace rest
