#include "adapters/happn/websocket_codec.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace {

using happn::WebsocketDecoder;
using happn::WebsocketEncoder;
using happn::WebsocketOpcode;
using Event = WebsocketDecoder::Event;

constexpr std::size_t limit = 100'000;

void feed(WebsocketDecoder& decoder, std::string_view bytes) {
    const auto room = decoder.prepare(bytes.size());
    std::memcpy(room.data(), bytes.data(), bytes.size());
    decoder.commit(bytes.size());
}

std::string server_frame(int first, const std::string& payload) {
    std::string frame{static_cast<char>(first)};
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else if (payload.size() < 65536) {
        frame += static_cast<char>(126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xFF);
    } else {
        frame += static_cast<char>(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
            frame += static_cast<char>(payload.size() >> shift & 0xFF);
        }
    }
    return frame + payload;
}

/// What a server would read: section 5.3.
std::string unmasked(std::string_view frame, std::size_t header) {
    std::string payload{frame.substr(header + 4)};
    for (std::size_t i = 0; i < payload.size(); ++i) {
        payload[i] = static_cast<char>(payload[i] ^ frame[header + i % 4]);
    }
    return payload;
}

TEST(WebsocketEncoding, MasksEveryPayload) {
    WebsocketEncoder encoder;
    std::string out;
    encoder.append(out, WebsocketOpcode::text, "hello, happn");
    EXPECT_EQ(static_cast<unsigned char>(out[0]), 0x81);
    EXPECT_EQ(static_cast<unsigned char>(out[1]), 0x80 | 12);
    EXPECT_EQ(unmasked(out, 2), "hello, happn");
}

TEST(WebsocketEncoding, WritesAllThreeLengths) {
    for (const auto& [size, header] : {std::pair{125u, 2u}, {126u, 4u}, {65535u, 4u}, {65536u, 10u}}) {
        WebsocketEncoder encoder;
        std::string out;
        const std::string payload(size, 'x');
        encoder.append(out, WebsocketOpcode::text, payload);
        EXPECT_EQ(out.size(), header + 4 + size);
        EXPECT_EQ(unmasked(out, header), payload);
    }
}

TEST(WebsocketEncoding, AppendsToWhatWaits) {
    WebsocketEncoder encoder;
    std::string out;
    encoder.append(out, WebsocketOpcode::text, "a");
    encoder.append_close(out, 1000);
    EXPECT_EQ(out.size(), 7u + 8u);
    EXPECT_EQ(unmasked(std::string_view{out}.substr(7), 2), (std::string{"\x03\xe8", 2}));
}

TEST(WebsocketDecoding, ReadsManyMessagesOfOneBlock) {
    WebsocketDecoder decoder{limit};
    const std::string large(70'000, 'y');
    feed(decoder,
         server_frame(0x81, "one") + server_frame(0x81, std::string(300, 'x')) + server_frame(0x81, large));
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload(), "one");
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload().size(), 300u);
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload(), large);
    EXPECT_EQ(decoder.next(), Event::none);
}

TEST(WebsocketDecoding, ReadsAMessageThatComesByteByByte) {
    WebsocketDecoder decoder{limit};
    const auto frame = server_frame(0x81, std::string(200, 'x'));
    for (std::size_t i = 0; i + 1 < frame.size(); ++i) {
        feed(decoder, frame.substr(i, 1));
        ASSERT_EQ(decoder.next(), Event::none) << i;
    }
    feed(decoder, frame.substr(frame.size() - 1));
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload(), std::string(200, 'x'));
}

TEST(WebsocketDecoding, JoinsFragmentsAroundAPing) {
    WebsocketDecoder decoder{limit};
    feed(decoder,
         server_frame(0x01, "he") + server_frame(0x89, "p") + server_frame(0x00, "ll") +
             server_frame(0x80, "o"));
    EXPECT_EQ(decoder.next(), Event::ping);
    EXPECT_EQ(decoder.payload(), "p");
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload(), "hello");
}

TEST(WebsocketDecoding, SkipsBinaryMessagesAndPongs) {
    WebsocketDecoder decoder{limit};
    feed(decoder, server_frame(0x82, "bin") + server_frame(0x8A, "") + server_frame(0x81, "text"));
    EXPECT_EQ(decoder.next(), Event::text);
    EXPECT_EQ(decoder.payload(), "text");
}

TEST(WebsocketDecoding, ReadsTheCloseCode) {
    WebsocketDecoder decoder{limit};
    feed(decoder, server_frame(0x88, std::string{"\x03\xe8", 2}));
    EXPECT_EQ(decoder.next(), Event::close);
    EXPECT_EQ(decoder.close_code(), 1000);
    WebsocketDecoder bare{limit};
    feed(bare, server_frame(0x88, ""));
    EXPECT_EQ(bare.next(), Event::close);
    EXPECT_EQ(bare.close_code(), 1005);
}

TEST(WebsocketDecoding, GivesUpWhatIsNoWebsocket) {
    const std::pair<const char*, std::string> cases[] = {
        {"reserved bit", server_frame(0xC1, "x")},
        {"unknown opcode", server_frame(0x83, "x")},
        {"fragmented ping", server_frame(0x09, "x")},
        {"long ping", server_frame(0x89, std::string(126, 'x'))},
        {"continuation of nothing", server_frame(0x80, "x")},
        {"text inside a fragmented one", server_frame(0x01, "x") + server_frame(0x81, "y")},
        {"masked", std::string{"\x81\x81\0\0\0\0x", 7}},
    };
    for (const auto& [name, bytes] : cases) {
        WebsocketDecoder decoder{limit};
        feed(decoder, bytes);
        auto event = decoder.next();
        if (event == Event::text) event = decoder.next();
        EXPECT_EQ(event, Event::violation) << name;
    }
}

TEST(WebsocketDecoding, BoundsMessagesBeforeTheyHaveCome) {
    WebsocketDecoder decoder{limit};
    feed(decoder, std::string_view{"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10});
    EXPECT_EQ(decoder.next(), Event::too_large);
}

TEST(WebsocketDecoding, BoundsFragmentedMessages) {
    WebsocketDecoder decoder{10};
    feed(decoder, server_frame(0x01, "123456") + server_frame(0x80, "78901"));
    EXPECT_EQ(decoder.next(), Event::too_large);
}

}  // namespace
