#include "adapters/happn/session_account.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace happn {
namespace {

using nlohmann::json;

// As happner-2 2.13.0 and 13.1.1 answer logins, and what their REST components gave a method for
// $userSession.
TEST(SessionAccount, IsThatOfTheOldestGeneration) {
    const json login = json::parse(R"({"id":"s1","happn":{"name":"TestNode","secure":true},"type":1,
        "user":{"username":"tester","_meta":{"path":"/x"},"groups":{"testers":{}}},"timestamp":5,
        "isEncrypted":false,"origin":"TestNode","policy":{"0":{"ttl":0},"1":{"ttl":0}},
        "permissionSetKey":"/_MESH_GST//testers/","token":"secret"})");
    EXPECT_EQ(json::parse(session_account(login.dump())), json::parse(R"({"id":"s1","type":0,"timestamp":5,
        "isEncrypted":false,"origin":"TestNode","policy":{"0":{"ttl":0},"1":{"ttl":0}},
        "permissionSetKey":"/_MESH_GST//testers/","isToken":true,"username":"tester"})"));
}

TEST(SessionAccount, IsThatOfTheNewestGeneration) {
    const json login = json::parse(R"({"id":"s1","happn":{"name":"TestNode","secure":true},
        "cookieName":"happn_token","user":{"username":"tester","userid":"u1","permissions":{}},"timestamp":5,
        "origin":"TestNode","type":1,"parentId":"p1","policy":{"0":{"ttl":0}},"permissionSetKey":"abc=",
        "token":"secret","authType":"happn"})");
    EXPECT_EQ(json::parse(session_account(login.dump())), json::parse(R"({"id":"s1","type":0,"timestamp":5,
        "origin":"TestNode","parentId":"p1","policy":{"0":{"ttl":0}},"isToken":true,"username":"tester",
        "userid":"u1","happn":{"name":"TestNode","secure":true}})"));
}

TEST(SessionAccount, WhatIsMissingIsLeftOut) {
    EXPECT_EQ(session_account("{}"), R"({"type":0,"isToken":true})");
    EXPECT_EQ(session_account("7"), R"({"type":0,"isToken":true})");
}

}  // namespace
}  // namespace happn
