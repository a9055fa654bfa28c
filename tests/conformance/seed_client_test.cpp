// Our client against the node of the seed transcript: every client frame of a section must be what our
// session sends, in that order, and every server frame is fed to the session it went to. Both recorded
// clients are played by ours: the node's in-process client (it stores, subscribes to requests, answers calls)
// and the happner client that connects.
//
// Frames are compared whole, event ids, listener ids and session ids included: our session counts as the
// recorded one did, and takes its session id from the recorded login. What is left out of the comparison, and
// why (the transcript was recorded inside the server's process, after in-place changes):
// - message 26 of sections 2 to 6 is the client's component model, printed by the recorder: never on the
// wire;
// - `data._meta` of requests: left there by an earlier response to the recording process;
// - `pathData` and `key` of `on`: what the server made of the path;
// - `options.consistency`: added by the server.
// Sets, gets and calls are made by the code that makes them in production. Its options differ from the
// recorded ones, on purpose:
// - no `options.timeout` in set and get: a client's own deadline, which the server does nothing with;
// - no empty `options.options` in get: the recorded client always sends the object;
// - `options.meta.hg` in sets of a target: the gateway's loop mark.
// noDataResponse is of the newer dialect and must not be sent here: nothing is taken away for it.
// What the server sends is fed as recorded, extra fields included: a client must not depend on their absence.
#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "adapters/happn/get_request.hpp"
#include "adapters/happn/paths.hpp"
#include "adapters/happn/payloads.hpp"
#include "adapters/happn/target_requests.hpp"
#include "tests/conformance/transcript.hpp"
#include "tests/unit/happn/conversation.hpp"

namespace {

using happn::test::Conversation;
using transcript::Json;
using transcript::Message;
using transcript::Section;

constexpr std::size_t in_process_client = 0;
constexpr auto loop_mark = "gateway;1";

Json without_server_additions(Json frame) {
    frame.erase("pathData");
    frame.erase("key");
    if (frame.contains("data") && frame["data"].is_object()) {
        frame["data"].erase("_meta");
    }
    if (frame.contains("options")) {
        frame["options"].erase("consistency");
    }
    return frame;
}

bool sets_or_gets(const Json& frame) {
    return frame["action"] == "set" || frame["action"] == "get";
}

Json without_what_only_the_recorded_client_sends(Json frame) {
    if (sets_or_gets(frame)) {
        frame["options"].erase("timeout");
    }
    if (frame["action"] == "get" && frame["options"].value("options", Json{}) == Json::object()) {
        frame["options"].erase("options");
    }
    return frame;
}

Json without_loop_mark(Json frame) {
    if (frame["action"] == "set" && frame["options"].contains("meta")) {
        auto& meta = frame["options"]["meta"];
        EXPECT_EQ(meta.value("hg", ""), loop_mark);
        meta.erase("hg");
        if (meta.empty()) {
            frame["options"].erase("meta");
        }
    }
    return frame;
}

Json without_meta(Json data) {
    if (data.is_object()) {
        data.erase("_meta");
    }
    return data;
}

happn::SessionSettings settings_of(std::size_t client) {
    auto settings = happn::test::old_settings();
    if (client == in_process_client) {
        settings.info = R"({"_browser":false,"_local":true})";
    }
    return settings;
}

/// One of the recorded clients, played by our session.
struct Player {
    explicit Player(std::size_t number) : conversation{settings_of(number)} {}

    Conversation conversation;
    std::deque<Json> answers;                                // of what was asked, in the order of arrival
    std::vector<std::string> confirmed;                      // channels
    std::vector<std::pair<std::string, Json>> publications;  // path, data
    std::vector<gateway::Outcome> outcomes;                  // of exchange calls
};

class SeedReplay {
public:
    explicit SeedReplay(const Section& section) : section_{section} {}

    void run() {
        transcript::replay(
            section_,
            [this](const Message& message) { expect(message); },
            [this](const Message& message) { feed(message); });
        for (const auto& player : players_) {
            EXPECT_TRUE(player->conversation.port.sent.empty())
                << "a frame too many: " << player->conversation.port.sent.front();
        }
    }

    std::vector<std::unique_ptr<Player>>& players() { return players_; }

private:
    // --- client -> server: our session must send it ----------------------------------------------

    void expect(const Message& message) {
        if (message.action == "configure-session") {
            players_.push_back(std::make_unique<Player>(players_.size()));
            players_.back()->conversation.open();
        }
        auto& player = sender(message.frame);
        auto& sent = player.conversation.port.sent;
        if (sent.empty()) {
            act(player, message.frame);
        }
        ASSERT_FALSE(sent.empty()) << "our session sends nothing";
        EXPECT_EQ(without_loop_mark(sent.front()),
                  without_what_only_the_recorded_client_sends(without_server_additions(message.frame)));
        sent.pop_front();
    }

    Player& sender(const Json& frame) {
        const auto id = frame.value("sessionId", "");
        for (const auto& player : players_) {
            if (!id.empty() && player->conversation.fsm.facts().id == id) {
                return *player;
            }
        }
        return *players_.back();
    }

    /// Has the session do what the recorded client was asked to do.
    void act(Player& player, const Json& frame) {
        const auto action = frame["action"].get<std::string>();
        const auto path = frame.value("path", "");
        if (action == "on" && path.find("/_exchange/responses/") != std::string::npos) {
            call(player);
        } else if (action == "on") {
            subscribe(player, frame);
        } else if (action == "disconnect") {
            player.conversation.fsm.disconnect(player.conversation.now);
        } else {
            ask(player, frame);
        }
    }

    void call(Player& player) {
        happn::ExchangeCall call;
        call.domain = "TestNode";
        call.component = "componentName";
        call.method = "causeEventMethod";
        call.args = gateway::Bytes::literal("[]");
        player.conversation.exchange.call(
            call, player.conversation.now + std::chrono::seconds{10}, [&player](gateway::Outcome outcome) {
                player.outcomes.push_back(std::move(outcome));
            });
    }

    void subscribe(Player& player, const Json& frame) {
        happn::SessionFsm::Subscribe subscription;
        subscription.channel = frame["path"].get<std::string>();
        if (frame["options"].contains("meta")) {
            subscription.meta = frame["options"]["meta"].dump();
        }
        player.conversation.fsm.subscribe(
            subscription,
            [&player](const happn::Publication& publication) {
                player.publications.emplace_back(publication.path, Json::parse(publication.data));
            },
            [&player, channel = subscription.channel](const happn::SessionFsm::Answer& answer) {
                EXPECT_TRUE(answer.has_value());
                player.confirmed.push_back(channel);
            });
    }

    /// Data and options as a target of a route has them sent.
    static std::pair<std::string, std::string> produced(const Json& frame, bool modern) {
        gateway::Output output;
        if (frame["action"] == "get") {
            return {"null", happn::GetRequest(output, false, modern, happn::query::Store::nedb).options()};
        }
        gateway::HappnTarget rule;
        rule.no_store = frame["options"].value("noStore", false);
        if (frame["options"].contains("meta")) {
            output.meta = frame["options"]["meta"].dump();
        }
        output.payload.bytes = gateway::Bytes{frame["data"].dump()};
        output.payload.encoding = gateway::Encoding::json;
        const happn::TargetRequest request{rule, gateway::Action::set};
        return {happn::wrapped(output.payload), happn::write_options(request, output, loop_mark, modern)};
    }

    void ask(Player& player, const Json& recorded) {
        const auto frame = without_server_additions(recorded);
        const auto action = frame["action"].get<std::string>();
        const auto path = frame["path"].get<std::string>();
        const auto [data, options] = produced(frame, player.conversation.fsm.facts().modern());
        happn::SessionFsm::Ask ask;
        ask.action = action;
        ask.path = path;
        ask.data = data;
        ask.options = options;
        player.conversation.fsm.ask(ask,
                                    player.conversation.now + std::chrono::seconds{60},
                                    [&player](const happn::SessionFsm::Answer& answer) {
                                        ASSERT_TRUE(answer.has_value());
                                        player.answers.push_back(Json::parse((*answer)->data));
                                    });
    }

    // --- server -> client: our session must understand it ----------------------------------------

    void feed(const Message& message) {
        auto& player = receiver(message.frame);
        const auto answers = player.answers.size();
        const auto confirmed = player.confirmed.size();
        const auto publications = player.publications.size();
        const auto outcomes = player.outcomes.size();
        const auto state = player.conversation.fsm.state();
        const auto dropped = player.conversation.port.dropped;
        player.conversation.hear(message.frame);
        const bool understood = player.answers.size() > answers || player.confirmed.size() > confirmed ||
                                player.publications.size() > publications ||
                                player.outcomes.size() > outcomes ||
                                player.conversation.fsm.state() != state ||
                                player.conversation.port.dropped > dropped || accepted_quietly(message);
        EXPECT_TRUE(understood) << message.frame;
        if (player.answers.size() > answers) {
            EXPECT_EQ(without_meta(player.answers.back()), without_meta(message.frame["data"]));
        }
        EXPECT_TRUE(player.conversation.port.counts.empty())
            << player.conversation.port.counts.begin()->first;
    }

    /// Frames that change nothing to be seen from outside at that moment: the mesh's acceptance of a call
    /// (the answer counts), of the subscription below it, and the announcement that the socket is about to be
    /// closed.
    static bool accepted_quietly(const Message& message) {
        const auto path = message.frame.value("_meta", Json::object()).value("path", "");
        return path.starts_with("/_exchange/requests/") || message.action == "on" ||
               message.frame.contains("eventKey");
    }

    /// Answers name their session; before the login it is the newest one. Publications go to who has
    /// subscribed.
    Player& receiver(const Json& frame) {
        const auto meta = frame.value("_meta", Json::object());
        const auto type = meta.value("type", "");
        for (const auto& player : players_) {
            const auto channel = meta.value("channel", "");
            if (type == "data" && player->conversation.fsm.subscribed(channel)) {
                return *player;
            }
            if (type == "response" && player->conversation.fsm.facts().id == meta.value("sessionId", "-")) {
                return *player;
            }
        }
        return *players_.back();
    }

    const Section& section_;
    std::vector<std::unique_ptr<Player>> players_;
};

class SeedClient : public testing::TestWithParam<Section> {};

TEST_P(SeedClient, SendsAndUnderstandsEveryMessageOfTheSection) {
    SeedReplay replay{GetParam()};
    replay.run();
    ASSERT_FALSE(replay.players().empty());
    for (const auto& player : replay.players()) {
        EXPECT_TRUE(player->conversation.port.ready == 1);
    }
}

TEST(SeedConversation, TheEventAndTheCallReachTheirHandlers) {
    const auto sections = transcript::load();
    SeedReplay replay{sections.back()};
    replay.run();
    ASSERT_EQ(replay.players().size(), 2u);
    auto& node = *replay.players()[in_process_client];
    auto& client = *replay.players()[1];

    ASSERT_EQ(client.publications.size(), 1u);
    EXPECT_EQ(client.publications[0].first, "/_events/TestNode/componentName/event/name");
    EXPECT_EQ(client.publications[0].second, (Json{{"key", "value"}}));

    ASSERT_EQ(client.outcomes.size(), 1u);
    ASSERT_FALSE(client.outcomes[0].error);
    EXPECT_EQ(client.outcomes[0].answer.bytes.view(), R"({"key":"value"})");

    ASSERT_EQ(node.publications.size(), 1u);
    EXPECT_EQ(node.publications[0].first, "/_exchange/requests/TestNode/componentName/causeEventMethod");

    EXPECT_EQ(client.conversation.port.dropped, 1);  // the answer to its disconnect
}

std::string section_name(const testing::TestParamInfo<Section>& info) {
    std::string name;
    for (const char c : info.param.name) {
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Seed, SeedClient, testing::ValuesIn(transcript::load()), section_name);

}  // namespace
