#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

class HttpSurfaceTest : public SurfaceTest {};

TEST_F(HttpSurfaceTest, TheVersionIsThatOfAHappnServer) {
    EXPECT_EQ(ask("GET", "/version").body.view(), R"({"version":"13.12.1"})");
}

TEST_F(HttpSurfaceTest, PrimusWantsAnUpgrade) {
    for (const std::string path : {"/primus", "/primus/", "/primus?_primuscb=x", "/primus/anything"})
        EXPECT_EQ(ask("GET", path).status, 426) << path;
    EXPECT_EQ(ask("GET", "/primusx").status, 404);
    EXPECT_TRUE(is_primus_path("/primus/"));
    EXPECT_FALSE(is_primus_path("/primus2"));
}

TEST_F(HttpSurfaceTest, WhatTheGatewayDoesNotServeIsSaidClearly) {
    for (const std::string path :
         {"/browser_client", "/browser_primus.js", "/api/client", "/auth/request-nonce?publicKey=a"})
        EXPECT_EQ(ask("GET", path).status, 501) << path;
}

TEST_F(HttpSurfaceTest, AuthLoginIsThereOnASecureMeshOnly) {
    EXPECT_EQ(ask("GET", "/auth/login?username=tester&password=pw").status, 404);
    make_secure();
    const HttpReply reply = ask("GET", "/auth/login?username=tester&password=pw");
    EXPECT_EQ(reply.body.view(), R"({"message":"login successful","data":"token-tester","error":null})");
    EXPECT_EQ(ask("GET", "/auth/login?username=tester&password=no").status, 401);
}

TEST_F(HttpSurfaceTest, ATargetThatIsNoPathIsRefused) {
    for (const std::string target : {"", "*", "version", "/a b", "/a\\b"})
        EXPECT_EQ(ask("GET", target).status, 400) << target;
}

TEST_F(HttpSurfaceTest, AProxysAbsoluteTargetIsUnderstood) {
    EXPECT_EQ(ask("GET", "http://gateway:8080/ping").body.view(), "pong");
    EXPECT_EQ(ask("GET", "HTTP://gateway/ping?x=1").body.view(), "pong");
    EXPECT_EQ(ask("GET", "http://gateway").status, 404);
}

TEST_F(HttpSurfaceTest, ABrokenQueryIs400) {
    EXPECT_EQ(ask("GET", "/rest/describe?a=%f").status, 400);
}

}  // namespace
}  // namespace rest
