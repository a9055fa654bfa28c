// Bodies that nobody needs to read, and what bodies and answers of all connections come to together.
#include <gtest/gtest.h>

#include <list>

#include "connection_test_base.hpp"
#include "stream_parts.hpp"
#include "tests/support/memory_stream.hpp"

namespace rest {
namespace {

using support::MemoryPeer;

constexpr std::size_t kibibyte = 1024;

class BoundedConnections : public SurfaceTest {
protected:
    BoundedConnections() {
        settings.limits.http_bodies = 100 * kibibyte;
        settings.limits.http_answers = 100 * kibibyte;
        use({answering("put", "PUT", "/d/{x}", 1),
             answering("large", "GET", "/large/{x}", 60 * kibibyte),
             answering("whole", "GET", "/whole/{x}", 100 * kibibyte),
             answering("larger", "GET", "/larger/{x}", 100 * kibibyte + 1),
             open_ended(),
             watching()});
    }
    ~BoundedConnections() override {
        for (Connection* connection : shared().connections)
            connection->abort();
        work();
        EXPECT_EQ(shared().bodies.held() + shared().answers.held(), 0U);
    }

    static gateway::Route answering(const std::string& name,
                                    const std::string& method,
                                    std::string_view path,
                                    std::size_t size) {
        auto route = gateway::http_to_happn_get(name, method, path, "/d/{x}");
        std::get<gateway::HttpSource>(route.source).body = gateway::HttpSource::Body::text;
        const gateway::Bytes text{'"' + std::string(size, 'x') + '"'};
        route.targets.front().rule = gateway::AnswerTarget{gateway::ObjectMap{gateway::Value::json(text)}};
        return route;
    }

    /// Answered when the test says so: end_with().
    static gateway::Route open_ended() {
        auto route = gateway::http_to_happn_get("asked", "POST", "/asked/{x}", "/d/{x}");
        std::get<gateway::HttpSource>(route.source).body = gateway::HttpSource::Body::text;
        return route;
    }
    static gateway::Route watching() {
        auto route = watch_route();
        auto& source = std::get<gateway::HttpSource>(route.source);
        source.method = "POST";
        source.body = gateway::HttpSource::Body::text;
        return route;
    }
    void end_with(const gateway::Outcome& outcome) {
        dispatcher.on_outcome(sinks.node.delivered.back().first, outcome);
        work();
    }

    /// A client that has sent this, and is still there.
    std::shared_ptr<MemoryPeer> client(std::string bytes, bool takes = true) {
        auto peer = std::make_shared<MemoryPeer>();
        peer->pieces = {std::move(bytes)};
        peer->end = MemoryPeer::End::stays_silent;
        peer->takes = takes;
        auto session =
            serve_connection(state(), std::make_unique<support::MemoryStream>(io, peer), {"192.0.2.1", 4711});
        boost::asio::co_spawn(
            io, std::move(session), [](const std::exception_ptr& failure) { EXPECT_EQ(failure, nullptr); });
        work();
        return peer;
    }

    void say(MemoryPeer& peer, std::string bytes) {
        peer.sends(std::move(bytes));
        work();
    }

    void work() {
        io.restart();
        while (io.poll_one() > 0) {
        }
    }

    std::shared_ptr<ListenerState> state() {
        if (!made_)
            made_ = std::make_shared<ListenerState>(
                io, settings, DoorSettings{}, dispatcher, mesh, nullptr, metrics);
        return made_;
    }
    ListenerState& shared() { return *state(); }

    bool has_counted(const std::string& name) const {
        return metrics.text({}, {}).find("happn_gateway_" + name + "_total 1\n") != std::string::npos;
    }

    boost::asio::io_context io;

private:
    std::shared_ptr<ListenerState> made_;
};

std::string with_body(const std::string& method, const std::string& path, std::size_t length) {
    return method + ' ' + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) +
           "\r\n\r\n";
}

std::string put(const std::string& path, std::size_t length) {
    return with_body("PUT", path, length);
}

std::string whole_post(const std::string& path, std::size_t length) {
    return with_body("POST", path, length) + std::string(length, 'x');
}

std::string call(std::size_t length) {
    return "POST /rest/method/componentName/methodName HTTP/1.1\r\nHost: a\r\n"
           "Content-Type: application/json\r\nContent-Length: " +
           std::to_string(length) + "\r\n\r\n";
}

const std::string chunked = " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string get_ping = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_large = "GET /large/1 HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_whole = "GET /whole/1 HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string get_larger = "GET /larger/1 HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string head_larger = "HEAD /larger/1 HTTP/1.1\r\nHost: a\r\n\r\n";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// --- bodies that are not needed ------------------------------------------------------------------

TEST_F(BoundedConnections, SayWhatTheHeadDecidesBeforeALargeBodyComes) {
    make_secure();
    for (const auto& [head, status] : std::vector<std::pair<std::string, std::string>>{
             {put("/d/1", 1'000'000), "401"}, {put("/nosuch", 1'000'000), "404"}, {call(1'000'000), "403"}}) {
        const auto peer = client(head);
        EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 " + status + " ")) << peer->written;
        EXPECT_TRUE(contains(peer->written, "Connection: close\r\n")) << peer->written;
        EXPECT_TRUE(peer->shut) << "nothing more follows";
        EXPECT_FALSE(peer->closed) << "until the client has read it";
    }
}

TEST_F(BoundedConnections, GoOnAfterAShortBodyThatNobodyWants) {
    for (const std::string& request :
         {put("/nosuch", 2) + "{}", "PUT /nosuch" + chunked + "2\r\n{}\r\n0\r\n\r\n"}) {
        const auto peer = client(request + get_ping);
        EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 404 ")) << peer->written;
        EXPECT_FALSE(contains(peer->written, "Connection: close")) << peer->written;
        EXPECT_TRUE(peer->written.ends_with("pong")) << peer->written;
    }
}

TEST_F(BoundedConnections, DoNotWaitForAShortBodyThatNobodyWants) {
    const auto peer = client(put("/nosuch", 2));
    EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 404 ")) << peer->written;
    say(*peer, "{}" + get_ping);
    EXPECT_TRUE(peer->written.ends_with("pong")) << peer->written;
}

TEST_F(BoundedConnections, EndWhereABodyThatNobodyWantsGoesOn) {
    const auto peer = client("PUT /nosuch" + chunked);
    for (int i = 0; i < 3; ++i)
        say(*peer, "7000\r\n" + std::string(0x7000, 'x') + "\r\n");
    EXPECT_TRUE(peer->shut);
    EXPECT_EQ(shared().bodies.held(), 0U);
}

TEST_F(BoundedConnections, HearAShortBodyFirstWhereHappnerDoes) {
    make_secure();
    const auto peer = client(call(1) + "{");
    EXPECT_TRUE(peer->written.starts_with("HTTP/1.1 400 ")) << peer->written;
    const auto endless = client("POST /rest/method/componentName/methodName" + chunked);
    for (int i = 0; i < 3; ++i)
        say(*endless, "7000\r\n" + std::string(0x7000, ' ') + "\r\n");
    EXPECT_TRUE(endless->written.starts_with("HTTP/1.1 403 ")) << endless->written;
}

// --- all of them together ------------------------------------------------------------------------

TEST_F(BoundedConnections, RefuseABodyThatIsTooMuchWithThoseOfOthers) {
    const auto one = client(put("/d/1", 70 * kibibyte) + std::string(60 * kibibyte, 'x'));
    EXPECT_EQ(one->written, "");
    const auto two = client(put("/d/1", 70 * kibibyte) + std::string(60 * kibibyte, 'x'));
    EXPECT_TRUE(two->written.starts_with("HTTP/1.1 503 ")) << two->written;
    EXPECT_TRUE(contains(two->written, "Retry-After: ")) << two->written;
    EXPECT_TRUE(has_counted("http_bodies_refused"));
    say(*one, std::string(10 * kibibyte, 'x'));
    EXPECT_TRUE(one->written.starts_with("HTTP/1.1 200 ")) << one->written;
    const auto three = client(put("/d/1", 60 * kibibyte) + std::string(60 * kibibyte, 'x'));
    EXPECT_TRUE(three->written.starts_with("HTTP/1.1 200 ")) << "there is room again: " << three->written;
}

TEST_F(BoundedConnections, CountABodyUntilWhatIsDoneWithItHasEnded) {
    const auto one = client(whole_post("/asked/1", 60 * kibibyte));
    EXPECT_EQ(one->written, "");
    EXPECT_EQ(shared().bodies.held(), 60 * kibibyte);
    EXPECT_TRUE(client(whole_post("/asked/2", 60 * kibibyte))->written.starts_with("HTTP/1.1 503 "));
    end_with(gateway::Outcome{});
    EXPECT_TRUE(one->written.starts_with("HTTP/1.1 200 ")) << one->written;
    EXPECT_EQ(shared().bodies.held(), 0U);
}

TEST_F(BoundedConnections, CountTheBodyOfAStreamUntilThatHasEnded) {
    const auto reader = client(whole_post("/d/1/events", 60 * kibibyte));
    dispatcher.on_open(sinks.node.delivered.back().first);
    work();
    EXPECT_TRUE(reader->written.starts_with("HTTP/1.1 200 ")) << reader->written;
    EXPECT_EQ(shared().bodies.held(), 60 * kibibyte);
    end_with(gateway::Outcome{});
    EXPECT_EQ(shared().bodies.held(), 0U);
}

TEST_F(BoundedConnections, SayAtOnceThatAnAnswerIsLargerThanAllMayBeAndCloseOnNobody) {
    const auto slow = client(get_large, false);
    const auto one = client(get_larger + get_ping);
    EXPECT_TRUE(one->written.starts_with("HTTP/1.1 507 ")) << one->written;
    EXPECT_TRUE(one->written.ends_with("pong")) << "the connection goes on: " << one->written;
    EXPECT_TRUE(has_counted("http_answers_too_large"));
    EXPECT_FALSE(slow->closed);
    EXPECT_TRUE(client(head_larger)->written.starts_with("HTTP/1.1 507 ")) << "HEAD says what GET would";
}

TEST_F(BoundedConnections, SendAnAnswerThatIsAsLargeAsAllMayBe) {
    EXPECT_GT(client(get_whole)->written.size(), 100 * kibibyte);
}

TEST_F(BoundedConnections, CloseOnWhoTakesLongestWhereAnswersAreTooMany) {
    const auto slow = client(get_large, false);
    EXPECT_EQ(shared().answers.held(), 60 * kibibyte);
    EXPECT_FALSE(slow->closed);
    const auto quick = client(get_large);
    EXPECT_TRUE(slow->closed);
    EXPECT_GT(quick->written.size(), 60 * kibibyte);
    EXPECT_TRUE(has_counted("http_answers_dropped"));
    EXPECT_EQ(shared().answers.held(), 0U);
}

TEST_F(BoundedConnections, LeaveTheSlowAloneAsLongAsThereIsRoom) {
    const auto slow = client(get_large, false);
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(client(get_ping)->written.ends_with("pong"));
    EXPECT_FALSE(slow->closed);
}

}  // namespace
}  // namespace rest
