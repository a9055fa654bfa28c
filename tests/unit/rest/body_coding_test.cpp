#include "adapters/rest/body_coding.hpp"

#include <gtest/gtest.h>

#include "adapters/rest/compression.hpp"

namespace rest {
namespace {

std::string gzipped(const std::string& text) {
    Gzip gzip{text};
    while (!gzip.step()) {
    }
    return gzip.take();
}

const std::string text(100'000, 'x');

TEST(BodyCoding, GzipIsUndone) {
    EXPECT_EQ(std::get<std::string>(decode_body(gzipped(text), "gzip", text.size())), text);
}

TEST(BodyCoding, NothingGrowsBeyondTheLimit) {
    EXPECT_EQ(std::get<Undecoded>(decode_body(gzipped(text), "gzip", text.size() - 1)), Undecoded::too_large);
    EXPECT_EQ(std::get<Undecoded>(decode_body(gzipped(text), "gzip", 0)), Undecoded::too_large);
}

TEST(BodyCoding, WhatIsCutShortOrSomethingElseIsBroken) {
    const std::string whole = gzipped(text);
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, whole.size() / 2, whole.size() - 1})
        EXPECT_EQ(std::get<Undecoded>(decode_body(whole.substr(0, size), "gzip", text.size())),
                  Undecoded::broken)
            << size;
    EXPECT_EQ(std::get<Undecoded>(decode_body("{}", "gzip", 100)), Undecoded::broken);
    EXPECT_EQ(std::get<Undecoded>(decode_body(whole, "deflate", text.size())), Undecoded::broken);
}

TEST(BodyCoding, OthersAreNotKnown) {
    EXPECT_EQ(std::get<Undecoded>(decode_body("{}", "br", 100)), Undecoded::unknown);
}

}  // namespace
}  // namespace rest
