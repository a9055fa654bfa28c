#include "adapters/rest/compression.hpp"

#include <gtest/gtest.h>

#include <random>

namespace rest {
namespace {

bool accepts(const char* value) {
    HttpRequest request;
    request.headers.push_back({"Accept-Encoding", value});
    return accepts_gzip(request);
}

HttpReply json_of(std::size_t size) {
    return {200, json_type, gateway::Bytes{std::string(size, 'x')}};
}

TEST(Compression, IsForWhoAcceptsIt) {
    for (const char* yes : {"gzip", "deflate, gzip;q=0.5", "GZIP", "*", "br,gzip", "gzip;q=1.0"})
        EXPECT_TRUE(accepts(yes)) << yes;
    for (const char* no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "*;q=0", "*, gzip;q=0", "gzipped"})
        EXPECT_FALSE(accepts(no)) << no;
    EXPECT_FALSE(accepts_gzip(HttpRequest{}));
}

TEST(Compression, IsOfLargeTextsOnly) {
    EXPECT_TRUE(is_compressible(json_of(100), 100));
    EXPECT_FALSE(is_compressible(json_of(99), 100));
    HttpReply picture = json_of(1000);
    picture.content_type = "image/png";
    EXPECT_FALSE(is_compressible(picture, 100));
    HttpReply packed = json_of(1000);
    packed.headers.emplace_back("content-encoding", "br");
    EXPECT_FALSE(is_compressible(packed, 100));
    HttpReply fixed = json_of(1000);
    fixed.headers.emplace_back("Cache-Control", "private, no-transform");
    EXPECT_FALSE(is_compressible(fixed, 100));
    HttpReply part = json_of(1000);
    part.status = 206;
    EXPECT_FALSE(is_compressible(part, 100));
}

TEST(Compression, TakesALargeBodyInSlices) {
    const std::string body(1'000'000, 'x');
    Gzip gzip{body};
    int steps = 1;
    while (!gzip.step())
        ++steps;
    EXPECT_GT(steps, 10);
    const std::string packed = gzip.take();
    EXPECT_LT(packed.size(), body.size() / 100);
    EXPECT_TRUE(packed.starts_with("\x1f\x8b"));
}

TEST(Compression, LeavesAloneWhatDoesNotGetSmaller) {
    std::mt19937 random{7};
    std::string noise(100'000, '\0');
    for (char& c : noise)
        c = static_cast<char>(random());
    Gzip gzip{noise};
    while (!gzip.step()) {
    }
    EXPECT_TRUE(gzip.take().empty());
}

TEST(Compression, WeakensTheEtagAndTellsCaches) {
    HttpReply reply = json_of(1000);
    reply.headers = {{"ETag", "\"a\""}, {"Vary", "Origin"}};
    add_vary(reply);
    set_compressed(reply, "packed");
    EXPECT_EQ(reply.headers[0].second, "W/\"a\"");
    EXPECT_EQ(reply.headers[1].second, "Origin, Accept-Encoding");
    EXPECT_EQ(reply.headers[2].second, "gzip");
}

}  // namespace
}  // namespace rest
