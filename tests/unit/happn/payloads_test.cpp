#include "adapters/happn/payloads.hpp"

#include <gtest/gtest.h>

namespace {

using gateway::Encoding;

gateway::Payload payload(std::string text, Encoding encoding, std::string content_type = "") {
    gateway::Payload made;
    made.bytes = gateway::Bytes{std::move(text)};
    made.encoding = encoding;
    made.content_type = std::move(content_type);
    return made;
}

TEST(HappnPayloads, WrapsWhatIsNoObject) {
    EXPECT_EQ(happn::wrapped(payload(R"({"a":1})", Encoding::json)), R"({"a":1})");
    EXPECT_EQ(happn::wrapped(payload("21.50", Encoding::json)), R"({"value":21.50})");
    EXPECT_EQ(happn::wrapped(payload(" [1] ", Encoding::json)), R"({"value":[1]})");
    EXPECT_EQ(happn::wrapped(payload("on\"", Encoding::text)), R"({"value":"on\""})");
    EXPECT_EQ(happn::wrapped(payload("hi", Encoding::bytes, "x/y")),
              R"({"value":"aGk=","encoding":"base64","content_type":"x/y"})");
}

TEST(HappnPayloads, LooksAtWhatNobodyHasLookedAt) {
    EXPECT_EQ(happn::wrapped(payload("21.5", Encoding::raw)), R"({"value":21.5})");
    EXPECT_EQ(happn::wrapped(payload("on", Encoding::raw)), R"({"value":"on"})");
    EXPECT_EQ(happn::wrapped(payload("\xff", Encoding::raw)), R"({"value":"/w==","encoding":"base64"})");
}

TEST(HappnPayloads, UnwrapsOnlyWhatIsNothingButAValue) {
    EXPECT_EQ(happn::unwrapped(R"({"value":21.50})").bytes.view(), "21.50");
    EXPECT_EQ(happn::unwrapped(R"({"_meta":{"path":"/a"},"value":[1]})").bytes.view(), "[1]");
    EXPECT_EQ(happn::unwrapped(R"({"value":1,"unit":"C"})").bytes.view(), R"({"value":1,"unit":"C"})");
    EXPECT_EQ(happn::unwrapped(R"({})").bytes.view(), "{}");
    EXPECT_EQ(happn::unwrapped("null").bytes.view(), "null");
}

TEST(HappnPayloads, MetaIsNoPayload) {
    EXPECT_EQ(happn::unwrapped(R"({"a": 1,"_meta":{"path":"/a"},"b":2})").bytes.view(), R"({"a":1,"b":2})");
}

TEST(HappnPayloads, BytesSurviveTheRoundTrip) {
    const std::string bytes{"\x00\xff\x10", 3};
    const auto back = happn::unwrapped(happn::wrapped(payload(bytes, Encoding::bytes, "application/x")));
    EXPECT_EQ(back.encoding, Encoding::bytes);
    EXPECT_EQ(back.bytes.view(), bytes);
    EXPECT_EQ(back.content_type, "application/x");
}

TEST(HappnPayloads, WhatOnlyLooksLikeBytesStaysAnObject) {
    for (const auto* const text : {R"({"value":"%","encoding":"base64"})",
                                   R"({"value":"aGk=","encoding":"base64","x":1})",
                                   R"({"value":5,"encoding":"hex"})"}) {
        const auto unwrapped = happn::unwrapped(text);
        EXPECT_EQ(unwrapped.encoding, Encoding::json) << text;
        EXPECT_EQ(unwrapped.bytes.view(), text);
    }
}

}  // namespace
