#include "gateway/payload.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

Payload raw(std::string_view text) {
    return Payload{Bytes::copy(text), Encoding::raw, {}};
}

struct Case {
    Decode how;
    std::string_view arrives;
    std::string_view becomes;  // "!": refused
    Encoding encoding;
};

TEST(Decode, TurnsWhatArrivesIntoWhatTheRouteWorksOn) {
    const Case cases[] = {
        {Decode::json, R"({"a": 1.50})", R"({"a": 1.50})", Encoding::json},
        {Decode::json, "21.5", "21.5", Encoding::json},
        {Decode::json, "{\"a\":tru}", "!", Encoding::json},
        {Decode::json, "hello", "!", Encoding::json},
        {Decode::json, "", "!", Encoding::json},
        {Decode::text, "hello", "hello", Encoding::text},
        {Decode::text, "\xff\xfe", "!", Encoding::text},
        {Decode::number, " 21.50\n", "21.50", Encoding::json},
        {Decode::number, "21,5", "!", Encoding::json},
        {Decode::number, "\"1\"", "!", Encoding::json},
        {Decode::boolean, "on", "true", Encoding::json},
        {Decode::boolean, "0", "false", Encoding::json},
        {Decode::boolean, "yes!", "!", Encoding::json},
        {Decode::bytes, std::string_view{"\0\xff", 2}, std::string_view{"\0\xff", 2}, Encoding::bytes},
        {Decode::form, "a=1&b=x+y%21", R"({"a":"1","b":"x y!"})", Encoding::json},
        {Decode::form, "a=%f", "!", Encoding::json},
        {Decode::form, "a=1&b=2&%61=3", "!", Encoding::json},
    };
    for (const Case& c : cases) {
        const auto decoded = decode(raw(c.arrives), c.how);
        if (c.becomes == "!") {
            EXPECT_TRUE(decoded.has_error()) << c.arrives;
            continue;
        }
        ASSERT_TRUE(decoded.has_value()) << c.arrives;
        EXPECT_EQ(decoded->bytes.view(), c.becomes);
        EXPECT_EQ(decoded->encoding, c.encoding);
    }
}

TEST(Decode, LeavesBytesFromHappnAsTheyAre) {
    const Payload bytes{Bytes::literal("\x01\x02"), Encoding::bytes, "image/png"};
    const auto decoded = decode(bytes, Decode::json);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(decoded->encoding, Encoding::bytes);
    EXPECT_EQ(decoded->content_type, "image/png");
}

TEST(Encode, MakesTextFromAJsonStringAndBack) {
    const Payload string{Bytes::literal(R"("a\nb")"), Encoding::json, {}};
    EXPECT_EQ(encode(string, Encode::text)->bytes.view(), "a\nb");
    const Payload text{Bytes::literal("a\nb"), Encoding::text, {}};
    EXPECT_EQ(encode(text, Encode::json)->bytes.view(), R"("a\nb")");
}

TEST(Encode, RefusesBytesThatAreNoText) {
    const Payload picture{Bytes::literal("\xff\xfe"), Encoding::bytes, "image/png"};
    const auto encoded = encode(picture, Encode::text);
    ASSERT_TRUE(encoded.has_error());
    EXPECT_EQ(encoded.error().message, "payload is not UTF-8 text");
}

TEST(Encode, LeavesARequestThatBroughtNothingWithoutAPayload) {
    const auto encoded = encode(Payload{}, Encode::json);
    ASSERT_TRUE(encoded.has_value());
    EXPECT_TRUE(encoded->bytes.empty());
}

TEST(Base64, RoundTripsEveryLength) {
    std::string bytes;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(from_base64(base64(bytes)), bytes);
        bytes.push_back(static_cast<char>(i * 37));
    }
    EXPECT_EQ(base64("hi"), "aGk=");
    EXPECT_EQ(from_base64("a"), std::nullopt);
    EXPECT_EQ(from_base64("!!!!"), std::nullopt);
}

}  // namespace
}  // namespace gateway
