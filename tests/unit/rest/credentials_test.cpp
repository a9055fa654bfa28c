#include "adapters/rest/credentials.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

HttpRequest request_with(std::vector<Header> headers) {
    HttpRequest request;
    request.method = "GET";
    request.target = "/primus";
    request.headers = std::move(headers);
    return request;
}

TEST(SameOrigin, AProgramSaysNoOrigin) {
    EXPECT_TRUE(same_origin(request_with({{"Host", "127.0.0.1:55000"}})));
}

TEST(SameOrigin, HostAndPortMustBeEqual) {
    const auto from = [](std::string_view origin) {
        return same_origin(request_with({{"Host", "127.0.0.1:55000"}, {"Origin", origin}}));
    };
    EXPECT_TRUE(from("http://127.0.0.1:55000"));
    EXPECT_FALSE(from("http://127.0.0.1:8080"));
    EXPECT_FALSE(from("http://127.0.0.1"));
    EXPECT_FALSE(from("https://evil.example"));
    EXPECT_FALSE(from("http://127.0.0.1:55000.evil.example"));
    EXPECT_FALSE(from("null"));
    EXPECT_FALSE(from(""));
}

TEST(SameOrigin, WhatTheBrowserSaysOfTheSiteCounts) {
    EXPECT_FALSE(same_origin(request_with({{"Host", "a"}, {"Sec-Fetch-Site", "cross-site"}})));
    EXPECT_TRUE(same_origin(request_with({{"Host", "a"}, {"Sec-Fetch-Site", "same-origin"}})));
}

TEST(Origin, OfAnImageOrALinkIsThatOfThePageWhichNamesItself) {
    EXPECT_FALSE(
        same_origin(request_with({{"Host", "gw.example"}, {"Referer", "http://evil.example/x?a=b"}})));
    EXPECT_TRUE(same_origin(request_with({{"Host", "gw.example"}, {"Referer", "http://gw.example/page"}})));
    EXPECT_TRUE(same_origin(
        request_with({{"Host", "gw"}, {"Sec-Fetch-Site", "none"}, {"Referer", "http://evil.example/"}})))
        << "the browser says that nobody but the user asks";
}

}  // namespace
}  // namespace rest
