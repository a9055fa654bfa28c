// What the access log says of a request, and that it says what was sent.
#include "adapters/rest/access_log.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "gateway/log.hpp"
#include "tests/unit/rest/connection_test_base.hpp"

namespace rest {
namespace {

TEST(AccessLine, HasNoQueryAndCannotBeForged) {
    const gateway::TimePoint began{};
    const Access access{"GET", "/a\"b status=500", "192.0.2.1", "eve x", "7-1", began};
    EXPECT_EQ(
        access_line(access, {200, 4, began + std::chrono::milliseconds{2}}),
        R"(method=GET path="/a\"b status=500" status=200 bytes=4 ms=2.0 client=192.0.2.1 user="eve x" id=7-1)");
}

TEST(AccessLine, TakesTheClientsOwnIdIfALogCanShowIt) {
    HttpRequest request;
    request.headers = {{"X-Request-Id", "abc-1"}};
    EXPECT_EQ(request_id(request, "7-1"), "abc-1");
    request.headers = {{"X-Request-Id", "a b=c"}};
    EXPECT_EQ(request_id(request, "7-1"), "7-1");
}

/// A node that takes websockets, or no more of them.
class Node final : public gateway::WebsocketAcceptor {
public:
    std::unique_ptr<gateway::WebsocketPeer> open(gateway::WebsocketLink&,
                                                 const gateway::UpgradeRequest&) override {
        if (is_full) return nullptr;
        return std::make_unique<Client>();
    }
    std::size_t max_frame_bytes() const override { return 1024; }

    bool is_full = false;

private:
    class Client final : public gateway::WebsocketPeer {
        void on_text(std::string_view) override {}
    };
};

class AccessLog : public HttpConnectionTest {
protected:
    AccessLog() {
        door.access_log = true;
        node = &acceptor;
        auto logger = std::make_shared<spdlog::logger>(
            "access", std::make_shared<spdlog::sinks::ostream_sink_mt>(written, true));
        logger->set_pattern("%v");
        spdlog::set_default_logger(std::move(logger));
    }
    ~AccessLog() override { spdlog::set_default_logger(before); }

    static std::string upgrade(const std::string& target, const std::string& version = "13") {
        return "GET " + target +
               " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: " +
               version + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    }

    /// The one line, up to the time.
    std::string line() const {
        const std::string text = written.str();
        EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
        return text.substr(0, text.find(" ms="));
    }

    Node acceptor;
    std::ostringstream written;
    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
};

TEST_F(AccessLog, SaysThatAWebsocketOfTheNodeHasBeenOpened) {
    EXPECT_TRUE(talk({upgrade("/primus?happn_token=secret")}).starts_with("HTTP/1.1 101 "));
    EXPECT_EQ(line(), "access method=GET path=/primus status=101 bytes=0");
}

TEST_F(AccessLog, SaysThatAFullNodeHasRefusedOne) {
    acceptor.is_full = true;
    const std::string answer = talk({upgrade("/primus")});
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
    const auto body = answer.size() - (answer.find("\r\n\r\n") + 4);
    EXPECT_EQ(line(), "access method=GET path=/primus status=503 bytes=" + std::to_string(body));
}

TEST_F(AccessLog, SaysThatAHandshakeHasFailed) {
    const std::string answer = talk({upgrade("/primus", "12")});
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 426 ")) << answer;
    EXPECT_TRUE(line().starts_with("access method=GET path=/primus status=426 ")) << line();
}

TEST_F(AccessLog, HasOneLineForARequestThatIsNoUpgrade) {
    talk({"HEAD /version HTTP/1.1\r\nHost: a\r\n\r\n"});
    EXPECT_EQ(line(), "access method=HEAD path=/version status=200 bytes=0");
}

}  // namespace
}  // namespace rest
