#include "adapters/services/service_url.hpp"

#include <gtest/gtest.h>

namespace services {
namespace {

TEST(Origin, IsSchemeHostAndPort) {
    EXPECT_EQ(origin_of("https://Weather.Example/v1?q=http://a"), "https://weather.example:443");
    EXPECT_EQ(origin_of("HTTP://a:80/"), "http://a:80");
    EXPECT_EQ(origin_of("https://[2001:DB8::1]:8443"), "https://[2001:db8::1]:8443");
}

TEST(Origin, IsOfTheHostThatIsConnectedTo) {
    EXPECT_EQ(origin_of("http://a.example:80@b.example/"), "http://b.example:80");
    EXPECT_EQ(origin_of("http://a.example\\@b.example/"), "http://b.example:80");
}

TEST(Origin, IsNoneWithoutAHost) {
    for (const char* url : {"", "/text", "file:///etc/passwd", "https://"})
        EXPECT_EQ(origin_of(url), "") << url;
}

TEST(Redirect, LeadsFromTheUrlThatWasAskedFor) {
    const std::string base = "https://a.example:8443/v1/x?q=1";
    EXPECT_EQ(redirect_of(base, "/text"), "https://a.example:8443/text");
    EXPECT_EQ(redirect_of(base, "y?z=2"), "https://a.example:8443/v1/y?z=2");
    EXPECT_EQ(redirect_of(base, "//b.example/y"), "https://b.example/y");
    EXPECT_EQ(redirect_of(base, "http://b.example/y"), "http://b.example/y");
    EXPECT_EQ(redirect_of(base, "https://b.example/a b"), "https://b.example/a%20b");
    EXPECT_EQ(redirect_of(base, ""), "");
}

TEST(Redirect, BringsNoCredential) {
    EXPECT_EQ(redirect_of("https://a.example/", "https://ann:secret@a.example/"), "https://a.example/");
}

TEST(Redirect, ToAnotherSchemeKeepsIt) {
    EXPECT_TRUE(redirect_of("https://a.example/", "file:///etc/passwd").starts_with("file:"));
    EXPECT_TRUE(redirect_of("https://a.example/", "gopher://a.example/").starts_with("gopher:"));
}

}  // namespace
}  // namespace services
