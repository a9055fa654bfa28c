// For whose page a request is made, and when its cookie counts.
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

Page page_with(std::vector<Header> headers) {
    return page_of(request_with(std::move(headers)));
}

TEST(PageOfARequest, IsUntoldByAProgramAndByAPageThatHidesItself) {
    EXPECT_EQ(page_with({{"Host", "127.0.0.1:55000"}}), Page::untold);
    EXPECT_EQ(page_with({}), Page::untold);
}

TEST(PageOfARequest, IsOwnIfHostAndPortAreEqual) {
    const auto from = [](std::string_view origin) {
        return page_with({{"Host", "127.0.0.1:55000"}, {"Origin", origin}});
    };
    EXPECT_EQ(from("http://127.0.0.1:55000"), Page::own);
    for (const char* other : {"http://127.0.0.1:8080",
                              "http://127.0.0.1",
                              "https://evil.example",
                              "http://127.0.0.1:55000.evil.example",
                              "null",
                              ""})
        EXPECT_EQ(from(other), Page::other) << other;
    EXPECT_EQ(page_with({{"Host", "gw:1"}, {"Origin", "https://GW:1"}}), Page::own);
    EXPECT_EQ(page_with({{"Host", "null"}, {"Origin", "null"}}), Page::other);
}

TEST(PageOfARequest, IsWhatTheBrowserSaysOfTheSite) {
    EXPECT_EQ(page_with({{"Host", "a"}, {"Sec-Fetch-Site", "cross-site"}}), Page::other);
    EXPECT_EQ(page_with({{"Host", "a"}, {"Sec-Fetch-Site", "same-site"}}), Page::other);
    EXPECT_EQ(page_with({{"Host", "a"}, {"Sec-Fetch-Site", "same-origin"}}), Page::own);
    EXPECT_EQ(page_with({{"Host", "a"}, {"Sec-Fetch-Site", "none"}}), Page::own);
}

TEST(PageOfARequest, OfAnImageOrALinkIsTheOneThatNamesItself) {
    EXPECT_EQ(page_with({{"Host", "gw.example"}, {"Referer", "http://evil.example/x?a=b"}}), Page::other);
    EXPECT_EQ(page_with({{"Host", "gw.example"}, {"Referer", "http://gw.example/page"}}), Page::own);
    EXPECT_EQ(page_with({{"Host", "gw"}, {"Sec-Fetch-Site", "none"}, {"Referer", "http://evil.example/"}}),
              Page::own)
        << "the browser says that nobody but the user asks";
}

TEST(PageOfARequest, IsHiddenIfABrowserDoesNotSayIt) {
    const Header agent{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"};
    const Header language{"Accept-Language", "en-GB"};
    EXPECT_TRUE(hides_its_page(request_with({{"Host", "gw"}, agent, language})));
    EXPECT_FALSE(hides_its_page(request_with({{"Host", "gw"}, agent, language, {"Referer", "http://gw/"}})));
    EXPECT_FALSE(hides_its_page(request_with({{"Host", "gw"}, agent}))) << "a program in disguise";
    EXPECT_FALSE(hides_its_page(request_with({{"Host", "gw"}, {"User-Agent", "node"}, language})));
}

TEST(Cookie, CountsOnlyIfItsPageIsProvedToBeTheGatewaysOwn) {
    const gateway::RestSettings settings;
    const auto counts = [&](std::vector<Header> headers) {
        headers.push_back({"Cookie", "happn_token=t"});
        headers.push_back({"Host", "gw"});
        return find_token(request_with(std::move(headers)), {}, settings, Cookies::from_same_origin)
            .has_value();
    };
    EXPECT_TRUE(counts({{"Sec-Fetch-Site", "same-origin"}}));
    EXPECT_TRUE(counts({{"Sec-Fetch-Site", "none"}}));
    EXPECT_TRUE(counts({{"Origin", "http://gw"}}));
    EXPECT_TRUE(counts({{"Referer", "http://gw/page"}}));
    EXPECT_FALSE(counts({})) << "as a page of another site has it that hides itself";
    EXPECT_FALSE(counts({{"Referer", "http://evil.example/"}}));
}

TEST(BearerToken, StandsBehindOneBlank) {
    const auto token = [](std::string_view authorization) {
        const auto found =
            find_token(request_with({{"Authorization", authorization}}), {}, {}, Cookies::never);
        return found ? found->reveal() : "none";
    };
    EXPECT_EQ(token("bearer t "), "t");
    EXPECT_EQ(token("Bearer t more"), "t");
    for (const char* other : {"Bearer  t", "Bearer\tt", "Bearer", "Bearer ", "Basic t", "t"})
        EXPECT_EQ(token(other), "none") << other;
}

TEST(TokenInTheQuery, IsNoneIfThereAreSeveral) {
    const auto token = [](const Query& query) {
        const auto found =
            find_token(request_with({{"Authorization", "Bearer h"}}), query, {}, Cookies::never);
        return found ? found->reveal() : "none";
    };
    EXPECT_EQ(token({{"happn_token", "q"}}), "q");
    EXPECT_EQ(token({{"happn_token", ""}}), "h");
    EXPECT_EQ(token({{"happn_token", "q"}, {"happn_token", "x"}}), "none");
    EXPECT_EQ(token({{"happn_token", "q"}, {"happn_token", "q"}}), "none");
}

}  // namespace
}  // namespace rest
