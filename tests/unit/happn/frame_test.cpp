#include "adapters/happn/frame.hpp"
#include "tests/tree/tree.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>

namespace {

using happn::Frame;
using nlohmann::json;

/// The frame borrows its text, which is kept for the whole run.
Frame parsed(std::string text) {
    static std::deque<std::string> kept;
    const auto& stays = kept.emplace_back(std::move(text));
    auto frame = Frame::parse(stays);
    EXPECT_TRUE(frame.has_value()) << stays;
    return frame ? std::move(*frame) : Frame{};
}

TEST(Frame, DataStaysASliceOfTheText) {
    const std::string text =
        R"({"data":[1.50, "\u00e9"],"_meta":{"type":"data","channel":"/SET@/a","path":"/a"}})";
    const auto frame = Frame::parse(text);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->data, R"([1.50, "\u00e9"])");
    EXPECT_GE(frame->data.data(), text.data());
    EXPECT_LT(frame->data.data(), text.data() + text.size());
}

TEST(Frame, CutsARequestIntoItsParts) {
    const std::string text =
        R"({"action":"set","eventId":5,"path":"/t/1","data":{"a": 1},"sessionId":"s","options":{"x":2}})";
    const auto frame = parsed(text);
    EXPECT_EQ(frame.kind, Frame::Kind::object);
    EXPECT_EQ(frame.action, "set");
    EXPECT_EQ(frame.event_id, "5");
    EXPECT_EQ(frame.path, "/t/1");
    EXPECT_EQ(frame.data, R"({"a": 1})");
    EXPECT_EQ(frame.session_id, "s");
    EXPECT_EQ(frame.options, R"({"x":2})");
}

TEST(Frame, ReadsTheMetaOfAnError) {
    const auto frame = parsed(
        R"({"data":null,"_meta":{"type":"response","status":"error","eventId":57,"error":{"name":"AccessDenied"}}})");
    EXPECT_EQ(frame.meta.type, "response");
    EXPECT_EQ(frame.meta.status, "error");
    EXPECT_EQ(frame.meta.event_id, "57");
    EXPECT_EQ(frame.meta.error, R"({"name":"AccessDenied"})");
}

TEST(Frame, TheLastElementOfAListAnswerIsItsMeta) {
    const auto frame = parsed(R"([ {"x":1}, {"x":2} , {"status":"ok","eventId":3}])");
    EXPECT_EQ(frame.kind, Frame::Kind::list);
    EXPECT_EQ(frame.items, R"({"x":1}, {"x":2})");
    EXPECT_EQ(frame.meta.event_id, "3");
}

TEST(Frame, AListAnswerMayHaveNoItems) {
    const auto frame = parsed(R"([{"status":"ok","eventId":3}])");
    EXPECT_EQ(frame.kind, Frame::Kind::list);
    EXPECT_EQ(frame.items, "");
}

TEST(Frame, KnowsPrimusControlStrings) {
    const auto frame = parsed(R"("primus::ping::1795373968745")");
    EXPECT_EQ(frame.kind, Frame::Kind::control);
    EXPECT_EQ(frame.control, "primus::ping::1795373968745");
}

TEST(Frame, OfDuplicateKeysTheLastCounts) {
    const auto frame =
        parsed(R"({"data":1,"data":2,"_meta":{"status":"error","type":"data"},"_meta":{"status":"ok"}})");
    EXPECT_EQ(frame.data, "2");
    EXPECT_EQ(frame.meta.status, "ok");
    EXPECT_EQ(frame.meta.type, "");
}

TEST(Frame, UnescapesKeysAndTexts) {
    const auto frame = parsed(R"({"\u0061ction":"s\u0065t","path":"\/a\"b"})");
    EXPECT_EQ(frame.action, "set");
    EXPECT_EQ(frame.path, "/a\"b");
}

TEST(Frame, APathThatIsNoStringShowsAsItStands) {
    const auto frame = parsed(R"({"action":"set","path":5})");
    EXPECT_EQ(frame.path, "");
    EXPECT_EQ(frame.path_raw, "5");
}

TEST(Frame, RefusesWhatIsNoJson) {
    for (const std::string text : {"",
                                   " ",
                                   "primus::ping::1",
                                   "{",
                                   R"({"a":tru})",
                                   R"({"data":{"a":[1,2},"_meta":{}}})",
                                   R"({"a":1} x)",
                                   R"({"a":01})",
                                   "\"\xff\""}) {
        EXPECT_FALSE(Frame::parse(text).has_value()) << text;
    }
    EXPECT_FALSE(Frame::parse(std::string(1000, '[') + std::string(1000, ']')).has_value());
}

TEST(Frame, OtherJsonIsNoFrame) {
    for (const std::string text : {"5", "null", "[]", "[1,2]", R"("hello")"}) {
        EXPECT_EQ(parsed(text).kind, Frame::Kind::other) << text;
    }
}

/// Every recorded frame: the slices are, as JSON, what nlohmann reads there.
TEST(Frame, AgreesWithAParserOnEveryFrameOfTheTranscript) {
    std::ifstream file{support::test_data("seed-transcript.json")};
    for (const auto& section : json::parse(file)) {
        for (const auto& message : section["messages"]) {
            const auto& expected = message["message"];
            const auto text = expected.dump();
            const auto frame = parsed(text);
            EXPECT_EQ(frame.action, expected.value("action", "")) << text;
            EXPECT_EQ(frame.data.empty() ? json{} : json::parse(frame.data), expected.value("data", json{}))
                << text;
            const auto meta = expected.value("_meta", json::object());
            EXPECT_EQ(frame.meta.status, meta.value("status", "")) << text;
            EXPECT_EQ(frame.meta.channel, meta.value("channel", "")) << text;
        }
    }
}

TEST(FrameWriting, ARequestLeavesOutWhatItDoesNotHave) {
    happn::Request request;
    request.action = "describe";
    request.event_id = 2;
    EXPECT_EQ(happn::write_request(request), R"({"action":"describe","eventId":2})");
}

TEST(FrameWriting, ARequestSplicesItsDataInUntouched) {
    happn::Request request;
    request.action = "set";
    request.event_id = 7;
    request.path = "/a\"b";
    request.data = "{ \"n\": 1.50 }";
    request.session_id = "s";
    request.options = R"({"noStore":true})";
    EXPECT_EQ(
        happn::write_request(request),
        R"({"action":"set","eventId":7,"path":"/a\"b","data":{ "n": 1.50 },"sessionId":"s","options":{"noStore":true}})");
}

TEST(FrameWriting, AServersFrameEndsAsItsDialectAsks) {
    EXPECT_EQ(happn::write_frame("", "{}", {"happn_4", false}),
              R"({"data":null,"_meta":{},"protocol":"happn_4"})");
    EXPECT_EQ(happn::write_frame("1", "{}", {"", true}), R"({"data":1,"_meta":{},"__outbound":true})");
}

TEST(FrameWriting, AListHasItsMetaLast) {
    EXPECT_EQ(happn::write_list("", "{}"), "[{}]");
    EXPECT_EQ(happn::write_list("1,2", "{}"), "[1,2,{}]");
}

TEST(FrameWriting, SpreadCopiesTheMembersOfAnObject) {
    std::string out;
    happn::ObjectWriter{out}.text("a", "x").spread(R"({ "b" : 1, "c":[2] })").end();
    EXPECT_EQ(out, R"({"a":"x","b":1,"c":[2]})");
}

TEST(FrameWriting, ControlStringsKeepTheirQuotes) {
    EXPECT_EQ(happn::write_control("pong", "12"), R"("primus::pong::12")");
}

TEST(FrameNumbers, OnlyDigitsAreAnUnsignedNumber) {
    EXPECT_EQ(happn::as_unsigned("42"), 42u);
    for (const auto* const raw : {"", "-1", "1.5", "\"1\"", "1e3", "99999999999999999999"}) {
        EXPECT_FALSE(happn::as_unsigned(raw).has_value()) << raw;
    }
}

}  // namespace
