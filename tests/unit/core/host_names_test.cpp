// By which names a listener may be asked for: pages that make their own name resolve to it are not told from
// its own by anything else.
#include "gateway/host_names.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

TEST(HostNames, AreWithoutAListThoseWhereNoPageOfTheInternetCanBe) {
    const HostNames hosts{{}};
    for (const char* name : {"127.0.0.1",
                             "127.0.0.1:8080",
                             "192.0.2.7:80",
                             "[::1]",
                             "[2001:db8::1]:8080",
                             "[::ffff:192.0.2.7]:80",
                             "localhost",
                             "LocalHost:8080",
                             "localhost.",
                             "app.localhost:8080",
                             "gateway",
                             "gateway:8080",
                             ""})
        EXPECT_TRUE(hosts.has(name)) << name;
    for (const char* name : {"evil.example",
                             "evil.example:8080",
                             "evil.example.",
                             "127.0.0.1.evil.example",
                             "127.1",
                             "1.2.3",
                             "localhost.evil.example",
                             "notlocalhost.example",
                             "[evil.example]:80",
                             "[localhost]:80",
                             "[gateway]",
                             "evil.example:80:80",
                             "[::1",
                             "[::1]evil.example",
                             "[::1]:80.evil.example",
                             "x:80.evil.example",
                             "x:80:80",
                             ":80"})
        EXPECT_FALSE(hosts.has(name)) << name;
}

TEST(HostNames, AListAddsNamesAndWhatIsBelowThem) {
    const HostNames hosts{{"gw.example", "*.plant.example"}};
    for (const char* name :
         {"gw.example", "GW.EXAMPLE.:8080", "a.plant.example", "b.a.plant.example:1", "localhost"})
        EXPECT_TRUE(hosts.has(name)) << name;
    for (const char* name : {"a.gw.example", "plant.example", "evilplant.example", "gw.example.evil.example"})
        EXPECT_FALSE(hosts.has(name)) << name;
}

TEST(HostNames, AStarIsAnyName) {
    EXPECT_TRUE(HostNames{{"*"}}.has("evil.example"));
}

TEST(HostNames, AreShownWithoutTheirPort) {
    EXPECT_EQ(shown_host("GW.example.:8080"), "gw.example");
    EXPECT_EQ(shown_host("a:b:c"), "a:b:c");
}

}  // namespace
}  // namespace gateway
