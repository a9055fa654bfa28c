#include "mappings/happn_surface.hpp"

#include <gtest/gtest.h>

namespace mappings {
namespace {

TEST(HappnSurface, IsWhatANodeAnswersItself) {
    for (const char* path : {"/rest",
                             "/rest/x",
                             "/rest/method/{component}/{method}",
                             "/primus",
                             "/primus/x",
                             "/auth",
                             "/auth/x",
                             "/version",
                             "/ping",
                             "/openapi.json",
                             "/api/client",
                             "/browser_client"})
        EXPECT_TRUE(is_on_happn_surface(path)) << path;
}

TEST(HappnSurface, HasThePagesOfTheMirrorInAnyCase) {
    for (const char* path : {"/REST/login", "/Rest/Describe", "/rest/METHOD/x", "/Rest/method.x"})
        EXPECT_TRUE(is_on_happn_surface(path)) << path;
    for (const char* path : {"/Rest", "/REST/x", "/Rest/methods", "/Rest/{page}"})
        EXPECT_FALSE(is_on_happn_surface(path)) << path;
}

TEST(HappnSurface, HasNothingElseThatLooksLikeIt) {
    for (const char* path : {"/restaurants",
                             "/Primus",
                             "/Auth/x",
                             "/Version",
                             "/version/x",
                             "/ping/x",
                             "/PING",
                             "/OpenAPI.json",
                             "/api/clients",
                             "/Browser_client",
                             "/browser"})
        EXPECT_FALSE(is_on_happn_surface(path)) << path;
}

}  // namespace
}  // namespace mappings
