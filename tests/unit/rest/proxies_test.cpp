// Who says on whose behalf a connection or a request comes, and whom we believe.
#include <gtest/gtest.h>

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/forwarded.hpp"
#include "adapters/rest/proxy_header.hpp"

namespace rest {
namespace {

using Verdict = ProxyHeader::Verdict;

const std::string binary{"\r\n\r\n\0\r\nQUIT\n", 12};

std::vector<gateway::IpNetwork> networks(std::initializer_list<const char*> texts) {
    std::vector<gateway::IpNetwork> all;
    for (const char* text : texts)
        all.push_back(*gateway::IpNetwork::parse(text));
    return all;
}

TEST(IpNetwork, HoldsWhatBeginsWithItsPrefix) {
    const auto some = networks({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "172.16.0.0/12"});
    for (const char* in :
         {"10.255.0.1", "::ffff:10.0.0.1", "192.0.2.7", "2001:db8:ffff::1", "172.31.255.255"})
        EXPECT_TRUE(contains(some, in)) << in;
    for (const char* out :
         {"11.0.0.1", "192.0.2.8", "2001:db9::1", "172.32.0.0", "", "nonsense", "10.0.0.1:80"})
        EXPECT_FALSE(contains(some, out)) << out;
}

TEST(IpNetwork, IsWrittenWithoutBitsBeyondItsPrefix) {
    for (const char* wrong :
         {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "host", "", "1.2.3.4/8x"})
        EXPECT_FALSE(gateway::IpNetwork::parse(wrong)) << wrong;
    EXPECT_TRUE(gateway::IpNetwork::parse("0.0.0.0/0"));
}

TEST(ProxyHeader, ATextHeaderNamesTheClient) {
    const auto parsed = parse_proxy_header("PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\nGET");
    ASSERT_EQ(parsed.verdict, Verdict::complete);
    EXPECT_EQ(parsed.size, 43U);
    EXPECT_EQ(parsed.source->ip, "203.0.113.7");
    EXPECT_EQ(parsed.source->port, 4711);
}

TEST(ProxyHeader, ABinaryHeaderMaySayMoreThanAddresses) {
    const std::string addresses{"\xcb\0\x71\x07\xc0\0\x02\x01\x12\x67\x01\xbb", 12};
    const std::string header =
        binary + std::string{"\x21\x11\0\x10", 4} + addresses + std::string{"\x04\0\x01x", 4};
    const auto parsed = parse_proxy_header(header + "GET");
    ASSERT_EQ(parsed.verdict, Verdict::complete);
    EXPECT_EQ(parsed.size, header.size());
    EXPECT_EQ(parsed.source->ip, "203.0.113.7");
    EXPECT_EQ(parsed.source->port, 4711);
}

TEST(ProxyHeader, AHealthCheckOfTheProxyNamesNobody) {
    const auto parsed = parse_proxy_header(binary + std::string{"\x20\0\0\0", 4});
    EXPECT_EQ(parsed.verdict, Verdict::complete);
    EXPECT_FALSE(parsed.source);
    EXPECT_FALSE(parse_proxy_header("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n").source);
}

TEST(ProxyHeader, EveryBeginningOfAHeaderIsIncomplete) {
    for (const std::string& header : {std::string{"PROXY TCP6 2001:db8::1 ::1 1 2\r\n"},
                                      binary + std::string{"\x21\x11\0\x0c", 4} + std::string(12, 'a')}) {
        for (std::size_t size = 0; size < header.size(); ++size)
            EXPECT_EQ(parse_proxy_header(std::string_view{header}.substr(0, size)).verdict,
                      Verdict::incomplete);
        EXPECT_EQ(parse_proxy_header(header).verdict, Verdict::complete);
    }
}

TEST(ProxyHeader, AnythingElseIsMalformed) {
    const std::string inputs[] = {"GET / HTTP/1.1\r\n",
                                  "PROXY TCP4 a b 1 2\r\n",
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 99999\r\n",
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
                                  "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n",
                                  "PROXY TCP9 1.2.3.4 1.2.3.4 1 2\r\n",
                                  "PROXY " + std::string(200, 'x'),
                                  binary + std::string{"\x11\x11\0\x0c", 4} + std::string(12, 'a'),
                                  binary + std::string{"\x22\x11\0\x0c", 4} + std::string(12, 'a'),
                                  binary + std::string{"\x21\x11\0\x04", 4} + std::string(4, 'a'),
                                  binary + std::string{"\x21\x11\xff\xff", 4}};
    for (const std::string& input : inputs)
        EXPECT_EQ(parse_proxy_header(input).verdict, Verdict::malformed) << input;
}

std::string client(std::initializer_list<const char*> values, const char* peer = "10.0.0.1") {
    HttpRequest request;
    for (const char* value : values)
        request.headers.push_back({"X-Forwarded-For", value});
    return client_address(request, {peer, 1}, networks({"10.0.0.0/8", "fd00::/8"}));
}

TEST(Forwarded, TheRightmostAddressThatIsNoProxyIsTheClient) {
    EXPECT_EQ(client({"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(client({"6.6.6.6, 203.0.113.9, 10.1.1.1"}), "203.0.113.9");
    EXPECT_EQ(client({"6.6.6.6, 203.0.113.9", "10.1.1.1, fd00::1"}), "203.0.113.9");
    EXPECT_EQ(client({"10.3.3.3, 10.2.2.2"}), "10.3.3.3");
    EXPECT_EQ(client({"203.0.113.9:4711"}), "203.0.113.9");
    EXPECT_EQ(client({"[2001:db8::9]:4711"}), "2001:db8::9");
    EXPECT_EQ(client({"2001:db8::9"}), "2001:db8::9");
}

TEST(Forwarded, WhatCannotBeReadOrIsSaidByStrangersCountsForNothing) {
    EXPECT_EQ(client({}), "10.0.0.1");
    EXPECT_EQ(client({"unknown"}), "10.0.0.1");
    EXPECT_EQ(client({"203.0.113.9, nonsense"}), "10.0.0.1");
    EXPECT_EQ(client({"203.0.113.9"}, "192.0.2.1"), "192.0.2.1");
}

TEST(Forwarded, SameOriginComparesWhatTheBrowserSaw) {
    HttpRequest request;
    request.headers = {{"Host", "inside:8080"},
                       {"Origin", "https://shop.example"},
                       {"X-Forwarded-Proto", "https"},
                       {"X-Forwarded-Host", "shop.example"}};
    set_origin(request, {"10.0.0.1", 1}, true);
    EXPECT_EQ(page_of(request), Page::own);
    set_origin(request, {"192.0.2.1", 1}, false);
    EXPECT_EQ(page_of(request), Page::other);
}

TEST(SameOrigin, APageInTheClearIsAnotherOriginThanOneOverTls) {
    HttpRequest request;
    request.headers = {{"Host", "shop.example"}, {"Origin", "http://shop.example"}};
    Peer peer{"192.0.2.1", 1};
    peer.tls = true;
    set_origin(request, peer, false);
    EXPECT_EQ(page_of(request), Page::other);
}

}  // namespace
}  // namespace rest
