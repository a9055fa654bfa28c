// What contradicts itself in routes from and to HTTP: each would have been ignored at run time.
#include <gmock/gmock.h>

#include <algorithm>

#include "mapping_support.hpp"

namespace mappings {
namespace {

using testing::ElementsAre;

/// One finding, of this code, at the `^` in the route, which is no part of it.
void expect_finding(const std::string& code, std::string route) {
    const auto mark = route.find('^');
    route.erase(mark, 1);
    const std::string before = "routes: { r:\n";
    const auto loaded = load_text(before + route + "\n}\n");
    EXPECT_THAT(brief(loaded.findings), ElementsAre(code + " 2:" + std::to_string(mark + 1)))
        << route << "\n"
        << all_text(loaded.findings);
}

std::string with_query(const std::string& parameter) {
    return "{ from: { http: \"GET /a\", query: { " + parameter + " } }, to: { answer: \"{in.query.n}\" } }";
}

TEST(HttpFindings, QueryParametersThatContradictThemselves) {
    expect_finding("HG414", with_query("n: { type: string, min: ^3 }"));
    expect_finding("HG414", with_query("n: { type: bool, max: ^3 }"));
    expect_finding("HG409", with_query("n: { type: int, min: ^5, max: 3 }"));
    expect_finding("HG409", with_query("n: { type: int, default: ^9, max: 3 }"));
    expect_finding("HG409", with_query("n: { type: number, default: ^0.5, min: 1 }"));
    expect_finding("HG414", with_query("n: { type: int, required: true, default: ^9 }"));
    expect_finding("HG210",
                   "{ from: { http: \"GET /a\", query: { ^happn_token: string } }, to: { answer: "
                   "\"{in.query.happn_token}\" } }");
}

TEST(HttpFindings, ABodyOfAGet) {
    expect_finding("HG414", "{ from: { http: \"GET /a\", ^body: form }, to: { answer: 1 } }");
    expect_finding("HG414", "{ from: { http: \"GET /a\", ^max_body: 1KiB }, to: { answer: 1 } }");
}

TEST(HttpFindings, AnOriginThatNoBrowserSends) {
    expect_finding(
        "HG409",
        "{ from: { http: \"GET /a\", cors: { origins: ^[\"https://*.example\"] } }, to: { answer: 1 } }");
}

TEST(HttpFindings, KeysOfAServiceThatCannotCount) {
    const std::string from = "{ from: { http: \"POST /a\" }, to: { http: ";
    expect_finding("HG414", from + "\"POST http://a.example/x\", tls: ^{ server_name: b } } }");
    expect_finding("HG409",
                   from + "\"POST http://a.example/x\", timeout: 5s, retry: { max: 1, attempt: ^6s } } }");
}

TEST(HttpFindings, AnErrorThatIsNeverReached) {
    expect_finding("HG507",
                   "{ from: { http: \"GET /a\" }, to: { call: \"a/b\" }, errors: [{ status: 502 }, ^{ "
                   "name: NotFound, status: 404 }] }");
}

}  // namespace
}  // namespace mappings
