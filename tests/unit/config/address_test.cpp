#include "config/address.hpp"

#include <gtest/gtest.h>

namespace config {
namespace {

TEST(Address, EndpointIsHostAndPort) {
    const auto v4 = parse_endpoint("127.0.0.1:8080");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->host, "127.0.0.1");
    EXPECT_EQ(v4->port, 8080);
}

TEST(Address, BracketsOfAnIpv6EndpointAreNotItsHost) {
    const auto v6 = parse_endpoint("[::1]:80");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(endpoint_text(*v6), "[::1]:80");
}

TEST(Address, EverythingElseIsNoEndpoint) {
    for (const char* text : {"",
                             ":",
                             "8080",
                             ":8080",
                             "host",
                             "host:",
                             "host:x",
                             "host:65536",
                             "host:-1",
                             "::1:80",
                             "[::1",
                             "[::1]80",
                             "a b:1"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
}

TEST(Address, HostPatternIsANameOrAllBelowOneOrAny) {
    EXPECT_EQ(parse_host_pattern("GW.Example"), "gw.example");
    EXPECT_EQ(parse_host_pattern("*.plant.example"), "*.plant.example");
    EXPECT_EQ(parse_host_pattern("*"), "*");
    for (const char* text : {"",
                             "gw.example:8080",
                             "http://gw.example",
                             "gw.example/",
                             "gw..example",
                             ".example",
                             "gw.example.",
                             "*.",
                             "*.*.example",
                             "gw.*"}) {
        EXPECT_FALSE(parse_host_pattern(text)) << text;
    }
}

TEST(Address, UrlHasSchemeHostPortAndRest) {
    const auto url = parse_url("WS://mesh.example:55000/primus?x=1");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "ws");
    EXPECT_EQ(url->host, "mesh.example");
    EXPECT_EQ(url->port, 55000);
    EXPECT_EQ(url->rest, "/primus?x=1");
}

TEST(Address, CredentialsInAUrlAreRefused) {
    EXPECT_FALSE(parse_url("ws://user:password@mesh:55000"));
    EXPECT_FALSE(parse_url("ws://user@mesh"));
}

TEST(Address, EverythingElseIsNoUrl) {
    for (const char* text : {"",
                             "mesh:55000",
                             "://mesh",
                             "ws://",
                             "ws:///path",
                             "ws://mesh:0",
                             "ws://mesh:99999",
                             "ws://me sh"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

TEST(Address, LoopbackIsKnownInEverySpelling) {
    for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "127.evil.example", "192.168.127.1"}) {
        EXPECT_FALSE(is_loopback(host)) << host;
    }
}

}  // namespace
}  // namespace config
