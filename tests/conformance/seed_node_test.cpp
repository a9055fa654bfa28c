// Our node against the clients of the seed transcript: every client frame of a section is sent, and every
// server frame of it must come, to the right client, in the recorded order of its frames, and equal in all
// that is not volatile (ids, times, keys).
//
// What is not compared, and why (the transcript was recorded inside the server's process, after in-place
// changes):
// - message 26 of sections 2 to 6 is the client's component model, printed by the recorder: never on the
// wire;
// - `_meta` inside `data`, and `_meta.nullData`: put there by the recording client on receipt;
// - `__outbound`: the recorded in-process client got frames without it; ours is a websocket client like the
// other;
// - `protocol` beside a publication to the in-process client: likewise, compared only where it was recorded;
// - `server-side-disconnect` to the first client: the recorded one lived in the process that stopped and got
// none.
#include <gtest/gtest.h>

#include <map>

#include "tests/conformance/node_visitor.hpp"
#include "tests/conformance/transcript.hpp"

namespace {

using replay::Json;
using transcript::Message;
using transcript::Section;

constexpr std::size_t in_process_client = 0;

/// The recorded frame, or ours, without what is volatile or never was on the wire.
Json comparable(Json frame) {
    frame.erase("__outbound");
    if (auto data = frame.find("data"); data != frame.end() && data->is_object()) {
        data->erase("_meta");
        for (Json* holder : {&*data, data->contains("happn") ? &(*data)["happn"] : nullptr}) {
            if (holder != nullptr && holder->contains("publicKey")) {
                (*holder)["publicKey"] = (*holder)["publicKey"].is_string() ? "a key" : "not a key";
            }
        }
    }
    auto& meta = frame["_meta"];
    meta.erase("nullData");
    for (const char* time : {"created", "modified", "timestamp"}) {
        if (meta.contains(time)) {
            meta[time] =
                meta[time].is_number_integer() && meta[time] > 1'400'000'000'000 ? "a time" : "not a time";
        }
    }
    return frame;
}

class SeedReplay {
public:
    explicit SeedReplay(const Section& section) : section_{section} { learn_session_ids(); }

    void run() {
        transcript::replay(
            section_,
            [this](const Message& message) { send(message); },
            [this](const Message& message) { expect(message); });
        expect_nothing_left();
    }

private:
    /// The n-th login answer of the transcript tells the id of the n-th client.
    void learn_session_ids() {
        for (const Message& message : section_.messages) {
            if (!message.to_server && message.action == "login") {
                recorded_ids_.push_back(message.frame["data"]["id"]);
            }
        }
    }

    std::size_t client_of(const std::string& recorded_id) const {
        const auto found = std::find(recorded_ids_.begin(), recorded_ids_.end(), recorded_id);
        return found == recorded_ids_.end() ? clients_.size() - 1
                                            : static_cast<std::size_t>(found - recorded_ids_.begin());
    }

    void send(const Message& message) {
        if (message.action == "configure-session") {
            clients_.push_back(std::make_unique<replay::Visitor>(gateway_.node));
        }
        clients_[client_of(message.frame.value("sessionId", ""))]->say(
            names_.translated(message.frame.dump()));
    }

    void expect(const Message& message) {
        if (message.frame.contains("eventKey")) {
            gateway_.node.stop();
        }
        const std::size_t client = receiver_of(message.frame);
        auto expected = names_.translated(message.frame);
        auto got = clients_[client]->take_next([&](const Json& frame) { return answers(frame, expected); });
        ASSERT_TRUE(got) << "expected " << expected.dump() << "\nnext is " << next_of(*clients_[client]);
        if (message.action == "login") {
            names_.add(message.frame["data"]["id"], (*got)["data"]["id"]);
            expected = names_.translated(message.frame);
        }
        if (client == in_process_client && !expected.contains("protocol")) {
            got->erase("protocol");
        }
        EXPECT_EQ(comparable(*got), comparable(expected));
    }

    /// A publication goes to whoever subscribed with its channel; anything else back to who asked, or to the
    /// last client.
    std::size_t receiver_of(const Json& frame) const {
        const auto& meta = frame["_meta"];
        if (!meta.contains("channel")) {
            return client_of(meta.value("sessionId", ""));
        }
        for (const Message& message : section_.messages) {
            if (message.action == "on" && message.to_server && message.frame["path"] == meta["channel"]) {
                return client_of(message.frame["sessionId"]);
            }
        }
        ADD_FAILURE() << "nobody subscribed to " << meta["channel"];
        return 0;
    }

    static std::string next_of(const replay::Visitor& client) {
        return client.left().empty() ? "nothing" : client.left().front().dump();
    }

    static bool answers(const Json& frame, const Json& expected) {
        const auto& meta = frame["_meta"];
        const auto& wanted = expected["_meta"];
        for (const char* key : {"type", "eventId", "action", "channel"}) {
            if (meta.value(key, Json{}) != wanted.value(key, Json{})) {
                return false;
            }
        }
        return true;
    }

    void expect_nothing_left() {
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            for (const auto& frame : clients_[i]->left()) {
                const bool goodbye = frame.value("eventKey", "") == "server-side-disconnect";
                EXPECT_TRUE(i == in_process_client && goodbye) << "not in the transcript: " << frame.dump();
            }
        }
    }

    const Section& section_;
    replay::NodeUnderTest gateway_;
    std::vector<std::unique_ptr<replay::Visitor>> clients_;
    std::vector<std::string> recorded_ids_;
    replay::Names names_;
};

class SeedTranscriptNode : public testing::TestWithParam<std::size_t> {};

TEST_P(SeedTranscriptNode, AnswersEveryMessageOfTheSectionAsRecorded) {
    const auto sections = transcript::load();
    ASSERT_EQ(sections.size(), 6u);
    SeedReplay{sections.at(GetParam())}.run();
}

INSTANTIATE_TEST_SUITE_P(Section, SeedTranscriptNode, testing::Range<std::size_t>(0, 6));

}  // namespace
