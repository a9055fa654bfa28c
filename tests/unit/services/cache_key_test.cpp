#include "adapters/services/cache_key.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace services {
namespace {

using gateway::HttpTarget;
using gateway::NameValue;
using gateway::Principal;
using gateway::PrincipalKind;
using gateway::Secret;

struct Request {
    HttpTarget rule;
    std::string url = "https://a.example/x";
    std::vector<NameValue> headers = {{"Accept", "text/plain"}};
    Principal principal;

    std::string key() const { return cache_key(rule, url, headers, principal); }
};

TEST(CacheKey, IsTheSameForTheSameRequest) {
    EXPECT_EQ(Request{}.key(), Request{}.key());
}

TEST(CacheKey, DiffersByAllThatMayChangeTheAnswer) {
    const std::vector<std::function<void(Request&)>> changes{
        [](Request&) {},
        [](Request& r) { r.rule.method = "HEAD"; },
        [](Request& r) { r.url += '?'; },
        [](Request& r) { r.headers.emplace_back("Authorization", "Bearer a"); },
        [](Request& r) { r.headers.emplace_back("Authorization", "Bearer b"); },
        [](Request& r) { r.headers.clear(); },
        [](Request& r) { r.rule.tls.ca = "a"; },
        [](Request& r) { r.rule.tls.certificate = "a"; },
        [](Request& r) { r.rule.tls.key = Secret{"a"}; },
        [](Request& r) { r.rule.tls.server_name = "a"; },
        [](Request& r) { r.rule.tls.verify = false; },
        [](Request& r) {
            r.rule.ok = {{200, 404}};
        },
        [](Request& r) {
            r.rule.ok = {{200, 299}, {404, 404}};
        },
        [](Request& r) { r.rule.redirects = 1; },
        [](Request& r) { r.rule.private_addresses = true; },
        [](Request& r) { r.rule.max_response = 1; },
        [](Request& r) { r.principal.kind = PrincipalKind::service; },
        [](Request& r) {
            r.principal = {PrincipalKind::user, "ann", {}, {}, {}};
        },
        [](Request& r) {
            r.principal = {PrincipalKind::user, "ann", {}, {}, "site"};
        },
        [](Request& r) {
            r.principal = {PrincipalKind::user, "bob", {}, {}, {}};
        },
        [](Request& r) {
            r.principal = {PrincipalKind::user, {}, {}, "session 1", {}};
        },
        [](Request& r) {
            r.principal = {PrincipalKind::user, {}, {}, "session 2", {}};
        },
        [](Request& r) { r.principal = Principal::bearer(Secret{"token"}); },
    };
    std::set<std::string> keys;
    for (const auto& change : changes) {
        Request request;
        change(request);
        keys.insert(request.key());
    }
    EXPECT_EQ(keys.size(), changes.size());
}

TEST(CacheKey, TakesNoValueForTwo) {
    Request one;
    one.headers = {{"A", "b"}, {"C", "d"}};
    Request other;
    other.headers = {{"A", "b\nC:d"}, {"", ""}};
    EXPECT_NE(one.key(), other.key());
}

TEST(Vary, OfAStarIsMoreThanTheRequest) {
    EXPECT_TRUE(varies_by_more_than_the_request("*"));
    EXPECT_TRUE(varies_by_more_than_the_request("Accept, *"));
    EXPECT_FALSE(varies_by_more_than_the_request("Accept, Origin"));
    EXPECT_FALSE(varies_by_more_than_the_request(""));
}

}  // namespace
}  // namespace services
