// Pages of a list, as an HTTP client turns them, from real meshes of every generation: their stores count and
// sort each in its own way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;
using testing::HasSubstr;
using Numbers = std::vector<int>;

constexpr const char* routes = R"(
version: 1
routes:
  store:
    from: { http: "PUT /items/{n:int}" }
    to:   { happn: "set /items/{n}" }
    respond: { status: 204, body: null }
  list:
    from: { http: "GET /items", query: { limit: int, skip: int } }
    to:   { happn: "get /items/*", sort: { n: 1 }, limit: "{in.query.limit}", skip: "{in.query.skip}" }
    respond: { etag: modified }
  odd:
    from: { http: "GET /odd", query: { limit: { type: int, default: 2, min: 1, max: 3 }, skip: { type: int, default: 0, min: 0 } } }
    to:   { happn: "get /items/*", criteria: { odd: true }, sort: { n: -1 }, limit: "{in.query.limit}", skip: "{in.query.skip}" }
  search:
    from: { http: "POST /search" }
    to:   { happn: "get /items/*", sort: { n: 1 }, limit: "{payload.size}", skip: "{payload.from}" }
)";

constexpr int all = 7;

class Paging : public testing::TestWithParam<const char*> {
protected:
    Paging() {
        for (int n = 1; n <= all; ++n) {
            const json item{{"n", n}, {"odd", n % 2 == 1}};
            const auto stored = client.Put("/items/" + std::to_string(n), item.dump(), "application/json");
            if (!stored || stored->status != 204) throw WaitFailed("an item is not stored");
        }
    }

    static Numbers numbers_in(const httplib::Result& answer) {
        if (!answer || answer->status != 200)
            throw WaitFailed(answer ? "not a list: " + answer->body : "no answer");
        Numbers numbers;
        for (const json& item : json::parse(answer->body))
            numbers.push_back(item.at("n"));
        return numbers;
    }
    Numbers page(const std::string& path) { return numbers_in(client.Get(path)); }
    httplib::Result search(const std::string& body) {
        return client.Post("/search", body, "application/json");
    }
    static void expect_refusal(const httplib::Result& answer, const std::string& detail) {
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 400) << answer->body;
        EXPECT_EQ(json::parse(answer->body).at("detail"), detail);
    }

    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = mesh_settings(mesh), .mappings = {{"pages.yaml", routes}}}};
    httplib::Client client = gateway.http();
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         Paging,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& generation) {
                             return "happner_" + name_of_version(generation.param);
                         });

TEST_P(Paging, GivesOnePageAfterTheOther) {
    EXPECT_EQ(page("/items?limit=3"), (Numbers{1, 2, 3}));
    EXPECT_EQ(page("/items?limit=3&skip=3"), (Numbers{4, 5, 6}));
    EXPECT_EQ(page("/items?limit=3&skip=6"), (Numbers{7}));
}

TEST_P(Paging, EndsWithAnEmptyPage) {
    EXPECT_EQ(page("/items?limit=3&skip=7"), Numbers{});
    EXPECT_EQ(page("/items?limit=3&skip=1000000"), Numbers{});
}

TEST_P(Paging, GivesAllToWhoNamesNoLimit) {
    EXPECT_EQ(page("/items"), (Numbers{1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(page("/items?skip=5"), (Numbers{6, 7}));
    EXPECT_EQ(page("/items?limit=1000000"), (Numbers{1, 2, 3, 4, 5, 6, 7}));
}

TEST_P(Paging, CountsWhatFitsTheCriteriaInTheOrderOfTheRoute) {
    EXPECT_EQ(page("/odd"), (Numbers{7, 5}));
    EXPECT_EQ(page("/odd?skip=2"), (Numbers{3, 1}));
    EXPECT_EQ(page("/odd?limit=3&skip=1"), (Numbers{5, 3, 1}));
}

TEST_P(Paging, RefusesWhatIsNoNumberOfItems) {
    const std::string none = "parameters: {in.query.limit} in 'limit' is no whole number from 1 to 1000000";
    expect_refusal(client.Get("/items?limit=-1"), none);
    expect_refusal(client.Get("/items?limit=0"), none);
    expect_refusal(client.Get("/items?limit=1000001"), none);
    expect_refusal(client.Get("/items?skip=-1"),
                   "parameters: {in.query.skip} in 'skip' is no whole number from 0 to 1000000");
    expect_refusal(client.Get("/items?limit=many"), "query parameter 'limit' must be an integer");
    expect_refusal(client.Get("/items?limit=1.5"), "query parameter 'limit' must be an integer");
    expect_refusal(client.Get("/odd?limit=4"), "query parameter 'limit' must be from 1 to 3");
    expect_refusal(client.Get("/odd?skip=-1"), "query parameter 'skip' must be at least 0");
    EXPECT_EQ(gateway.route("list").outcome("delivered"), 0U);
}

TEST_P(Paging, TakesItsNumbersFromTheBodyAsWell) {
    EXPECT_EQ(numbers_in(search(R"({"size":2,"from":2})")), (Numbers{3, 4}));
    EXPECT_EQ(numbers_in(search("{}")), (Numbers{1, 2, 3, 4, 5, 6, 7}));
    for (const char* size : {"-1", "1.5", "null", "[]", R"("many")"})
        expect_refusal(search(std::string{R"({"size":)"} + size + "}"),
                       "parameters: {payload.size} in 'limit' is no whole number from 1 to 1000000");
}

TEST_P(Paging, TagsEveryPageByWhatIsOnIt) {
    const auto tag_of = [&](const std::string& path) { return client.Get(path)->get_header_value("ETag"); };
    const std::string first = tag_of("/items?limit=3");
    const std::string second = tag_of("/items?limit=3&skip=3");
    EXPECT_NE(first, second);
    EXPECT_NE(first, tag_of("/items?limit=2"));
    EXPECT_EQ(client.Get("/items?limit=3", {{"If-None-Match", first}})->status, 304);
    EXPECT_EQ(client.Get("/items?limit=3&skip=3", {{"If-None-Match", first}})->status, 200);
    ASSERT_EQ(client.Put("/items/5", R"({"n":5,"odd":true})", "application/json")->status, 204);
    EXPECT_EQ(client.Get("/items?limit=3", {{"If-None-Match", first}})->status, 304);
    EXPECT_EQ(client.Get("/items?limit=3&skip=3", {{"If-None-Match", second}})->status, 200);
}

TEST_P(Paging, IsDescribedToClients) {
    const auto document = json::parse(client.Get("/openapi.json")->body);
    const json parameters = document.at("paths").at("/odd").at("get").at("parameters");
    ASSERT_EQ(parameters.size(), 2U);
    EXPECT_EQ(parameters[0].at("name"), "limit");
    EXPECT_EQ(parameters[0].at("schema"),
              (json{{"type", "integer"}, {"default", 2}, {"minimum", 1}, {"maximum", 3}}));
}

}  // namespace
