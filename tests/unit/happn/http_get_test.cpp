#include "adapters/happn/http_get.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using gateway::Clock;
using gateway::Result;
using happn::HttpAnswer;
using namespace std::chrono_literals;

class HttpGet : public testing::Test {
protected:
    HttpGet() { mesh.endpoint.port = acceptor.local_endpoint().port(); }

    void ask(gateway::TimePoint deadline) {
        happn::http_get(
            io, mesh, {"/rest/describe", "happn_token=abc"}, deadline, [this](Result<HttpAnswer> answer) {
                got.emplace(std::move(answer));
            });
        EXPECT_FALSE(got) << "called from within";
    }

    asio::io_context io;
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    tcp::socket server{io};
    happn::Destination mesh;
    std::string request;
    std::optional<Result<HttpAnswer>> got;
};

TEST_F(HttpGet, ShowsItsTokenInACookieAndNotInTheUrl) {
    const std::string answer{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    acceptor.async_accept(server, [&](boost::system::error_code) {
        asio::async_read_until(
            server, asio::dynamic_buffer(request), "\r\n\r\n", [&](boost::system::error_code, std::size_t) {
                asio::async_write(
                    server, asio::buffer(answer), [](boost::system::error_code, std::size_t) {});
            });
    });
    ask(Clock::now() + 20s);
    io.run();
    EXPECT_TRUE(request.starts_with("GET /rest/describe HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("\r\nCookie: happn_token=abc\r\n"), std::string::npos) << request;
    ASSERT_TRUE(got && got->has_value());
    EXPECT_EQ((*got)->status, 200);
    EXPECT_EQ((*got)->body, "{}");
}

TEST_F(HttpGet, EndsOnceAtItsDeadlineWhenNobodyAnswers) {
    ask(Clock::now() + 20ms);
    io.run();
    ASSERT_TRUE(got && !got->has_value());
    EXPECT_EQ(got->error().errc, gateway::Errc::timeout);
}

TEST_F(HttpGet, DoesNotWaitForANameWhenItsTimeIsUp) {
    mesh.endpoint.host = "localhost";
    ask(Clock::now() - 1s);
    io.run();
    ASSERT_TRUE(got && !got->has_value());
    EXPECT_EQ(got->error().errc, gateway::Errc::timeout);
}

}  // namespace
