// Two minutes of silence between real peers, as recorded, played against our node and our client on a virtual
// clock: whoever a real peer would have kept, keeps us.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/tree/tree.hpp"
#include "tests/unit/happn/conversation.hpp"
#include "tests/unit/node/hub_harness.hpp"

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using gateway::Duration;

// Measured on the real peers.
constexpr Duration old_server_patience =
    35s;  // happn-3 before 4: closes a socket that sent nothing for that long
constexpr Duration new_client_patience =
    45s;  // happn-3 4 and later: closes without a server's ping for that long

struct Line {
    Duration at{};
    bool to_server = false;
    Json frame;
};

std::vector<Line> load(const std::string& name) {
    std::ifstream in{support::test_data("captures/") + name + ".jsonl"};
    std::vector<Line> lines;
    for (std::string text; std::getline(in, text);) {
        const Json entry = Json::parse(text);
        if (entry.contains("frame"))
            lines.push_back(
                {std::chrono::milliseconds{entry["t"].get<int>()}, entry["dir"] == "c>s", entry["frame"]});
    }
    return lines;
}

bool is_control(const Json& frame, std::string_view word) {
    return frame.is_string() && frame.get<std::string>().starts_with("primus::" + std::string{word} + "::");
}

std::string number_of(const Json& control) {
    const auto text = control.get<std::string>();
    return text.substr(text.rfind(':') + 1);
}

class NodeKeepsRecordedClients : public testing::TestWithParam<const char*> {};

TEST_P(NodeKeepsRecordedClients, AndIsKeptByThem) {
    happn::node::test::Harness node;
    auto& client = node.connect_silently();
    Duration now{};
    Duration pinged{};  // when our node last pinged
    bool modern = false;
    for (const Line& line : load(GetParam())) {
        while (now + 5s <= line.at) {
            node.pass(5s);
            now += 5s;
            for (const Json& heard : client.heard()) {
                ASSERT_TRUE(is_control(heard, "ping")) << heard.dump();
                pinged = now;
                client.say_text(Json("primus::pong::" + number_of(heard)).dump());
            }
        }
        if (!line.to_server || is_control(line.frame, "pong")) continue;
        const auto answers = client.say(line.frame);
        ASSERT_EQ(answers.size(), 1u) << line.frame.dump();
        if (is_control(line.frame, "ping")) {
            EXPECT_EQ(answers.front(), Json("primus::pong::" + number_of(line.frame)));
        }
        if (line.frame.is_object() && line.frame.value("action", "") == "configure-session")
            modern = line.frame["data"]["protocol"] == "happn_4";
    }
    EXPECT_GT(now, 75s);
    EXPECT_FALSE(client.link().closed());
    if (modern) {
        EXPECT_LT(now - pinged, new_client_patience);
    } else {
        EXPECT_EQ(pinged, Duration{}) << "old clients do not know a server's pings";
    }
}

INSTANTIATE_TEST_SUITE_P(Captures,
                         NodeKeepsRecordedClients,
                         testing::Values("keepalive-happn-1.12.1-client",
                                         "keepalive-happn-13.12.1-client",
                                         "keepalive-old-client-new-server"),
                         [](const auto& of) {
                             std::string name{of.param};
                             std::erase_if(name, [](unsigned char c) { return !std::isalnum(c); });
                             return name;
                         });

/// Our client at a server that answers as the recorded one did, and pings when that one pinged.
class ClientAtARecordedServer {
public:
    explicit ClientAtARecordedServer(happn::SessionSettings settings) : mesh_{std::move(settings)} {
        mesh_.join();
    }

    void until(Duration end) {
        while (now_ < end) {
            mesh_.pass(1s);
            now_ += 1s;
            take_what_was_sent();
            ASSERT_LT(now_ - last_sent_, old_server_patience) << "an old server would have closed the socket";
        }
    }
    void ping(const Json& frame) {
        mesh_.hear(frame);
        ASSERT_FALSE(mesh_.port.sent.empty()) << "a server's ping is answered at once";
        EXPECT_EQ(mesh_.port.sent.back(), Json("primus::pong::" + number_of(frame)));
        take_what_was_sent();
    }
    bool kept() const { return mesh_.fsm.ready() && mesh_.port.dropped == 0; }

private:
    void take_what_was_sent() {
        while (!mesh_.port.sent.empty()) {
            const Json frame = mesh_.port.sent.front();
            mesh_.port.sent.pop_front();
            last_sent_ = now_;
            if (is_control(frame, "ping")) mesh_.hear(Json("primus::pong::" + number_of(frame)));
        }
    }

    happn::test::Conversation mesh_;
    Duration now_{};
    Duration last_sent_{};
};

TEST(ClientKeepalive, AnOldServerKeepsIt) {
    ClientAtARecordedServer client{happn::test::old_settings()};
    client.until(150s);
    EXPECT_TRUE(client.kept());
}

TEST(ClientKeepalive, ANewServersPingsAreAnsweredWhenItSendsThem) {
    ClientAtARecordedServer client{{}};
    int pings = 0;
    for (const Line& line : load("keepalive-happn-13.12.1-client")) {
        client.until(line.at);
        if (line.to_server || !is_control(line.frame, "ping")) continue;
        client.ping(line.frame);
        ++pings;
    }
    EXPECT_EQ(pings, 3);
    EXPECT_TRUE(client.kept());
}

}  // namespace
