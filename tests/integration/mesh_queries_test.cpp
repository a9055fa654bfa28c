// Criteria mean what MongoDB says on the meshes of every generation, whatever their stores make of them:
// protocol/happn.md, "Queries"; tests/data/query-matrix.json.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;
using Ids = std::vector<std::string>;

struct Case {
    const char* query;  // of the target, as JSON
    Ids expected;       // ordered where the query has a sort
};

const std::vector<Case> cases{
    {R"({"criteria":{"n":5}})", {"d"}},
    {R"({"criteria":{"n":0}})", {"c"}},
    {R"({"criteria":{"n":null}})", {"f"}},
    {R"({"criteria":{"b":false}})", {"a"}},
    {R"({"criteria":{"s":""}})", {"c"}},
    {R"({"criteria":{"n":{"$eq":5}}})", {"d"}},
    {R"({"criteria":{"n":{"$ne":5}}})", {"a", "b", "c", "e", "f", "g"}},
    {R"({"criteria":{"n":{"$gt":0}}})", {"d", "e", "g"}},
    {R"({"criteria":{"n":{"$gte":0,"$lt":6}}})", {"c", "d", "g"}},
    {R"({"criteria":{"n":{"$lt":6},"s":"apple"}})", {"d"}},
    {R"({"criteria":{"s":{"$gte":"apple","$lt":"b"}}})", {"b", "d"}},
    {R"({"criteria":{"o.x":{"$gt":1}}})", {"a", "e"}},
    {R"({"criteria":{"o.x":{"$in":[1,3]}}})", {"d", "e", "f"}},
    {R"({"criteria":{"tags":"red"}})", {"b", "d"}},
    {R"({"criteria":{"tags":{"$in":["blue"]}}})", {"a", "d", "f"}},
    {R"({"criteria":{"tags":{"$nin":["red"]}}})", {"a", "c", "e", "f", "g"}},
    {R"({"criteria":{"tags":{"$elemMatch":{"$gt":"a","$lt":"c"}}}})", {"a", "d", "f"}},
    {R"({"criteria":{"b":{"$exists":true}}})", {"a", "b", "c", "d"}},
    {R"({"criteria":{"s":{"$regex":"^a"}}})", {"b", "d"}},
    {R"({"criteria":{"s":{"$regex":"^c","$options":"i"}}})", {"f"}},
    {R"({"criteria":{"n":{"$not":{"$gt":0,"$lt":50}}}})", {"a", "b", "c", "e", "f"}},
    {R"({"criteria":{"$or":[{"n":{"$gte":100}},{"n":{"$lt":0}}]}})", {"a", "e"}},
    {R"({"criteria":{"$and":[{"u":{"$gt":2}},{"u":{"$lt":5}}]}})", {"c", "d"}},
    {R"({"criteria":{"$nor":[{"u":{"$gt":2}},{"s":"Banana"}]}})", {"b"}},
    {R"({"sort":{"u":-1},"limit":2})", {"g", "f"}},
    {R"({"sort":{"u":1},"limit":2,"skip":2})", {"c", "d"}},
    {R"({"criteria":{"u":{"$gt":1}},"sort":{"u":-1},"limit":2,"skip":1})", {"f", "e"}},
    {R"({"criteria":{"$or":[{"u":1},{"u":5},{"u":6}]},"sort":{"u":-1},"limit":1,"skip":1})", {"e"}},
    {R"({"criteria":{"s":{"$gt":"a"}},"fields":{"id":1},"sort":{"s":1}})", {"d", "b", "e", "g"}},
    {R"({"criteria":{"p":5},"limit":1})", {}},
    {R"({"criteria":{"n":{"$gte":5,"$lte":3}}})", {"g"}},
    {R"({"criteria":{"n":{"$gt":0,"$lt":50}}})", {"d", "g"}},
    {R"({"criteria":{"d":{"$gte":"2020","$lt":"2021"}}})", {"a", "b"}},
    {R"({"criteria":{"d":{"$lt":"9"}}})", {"a", "b", "c", "d"}},
    {R"({"criteria":{"d":{"$gt":"!"}},"sort":{"d":-1},"limit":2})", {"e", "d"}},
    {R"({"criteria":{"tags":{"$ne":"red"}}})", {"a", "c", "e", "f", "g"}},
    {R"({"criteria":{"o.x":{"$ne":1}}})", {"a", "b", "c", "e", "g"}},
    {R"({"criteria":{"o.x":1},"sort":{"u":1},"limit":1})", {"d"}},
    {R"({"sort":{"k":1},"limit":2})", {"a", "b"}},
    {R"({"sort":{"k":1},"limit":2,"skip":2})", {"c", "d"}},
    {R"({"sort":{"k":1},"limit":2,"skip":4})", {"e", "f"}},
};

const auto page = static_cast<std::size_t>(
    std::ranges::find_if(cases,
                         [](const Case& one) { return std::string_view{one.query}.find("\"p\"") < 99; }) -
    cases.begin());

/// Of every kind under one name, as devices of several makers leave them.
const json items = json::parse(R"([
    {"id":"a","u":1,"k":1,"d":"2020-01-01","n":-3,"s":"Banana","tags":["blue"],"b":false,"o":{"x":2}},
    {"id":"b","u":2,"k":1,"d":"2020-05-01","n":"5","s":"apple pie","tags":"red","b":"true"},
    {"id":"c","u":3,"k":1,"d":"10","o":[],"n":0,"s":"","tags":[],"b":null},
    {"id":"d","u":4,"k":1,"d":"5","n":5,"s":"apple","tags":["red","blue"],"b":true,"o":{"x":1}},
    {"id":"e","u":5,"k":1,"d":"9","n":100,"s":"date","o":{"x":3}},
    {"id":"f","u":6,"k":1,"n":null,"s":"Cherry","tags":[["red"],"blue"],"o":{"x":1}},
    {"id":"g","u":7,"k":1,"o":null,"n":[1,50],"s":"fig"}])");

std::string routes() {
    std::string text = R"(
version: 1
routes:
  store:
    from: { http: "PUT /items/{id}" }
    to:   { happn: "set /items/{id}" }
    respond: { status: 204, body: null }
  same:
    from: { http: "POST /same" }
    to:   { happn: "get /items/*", criteria: { id: "{payload.id}" }, fields: { id: 1 } }
  any:
    from: { http: "POST /any" }
    to:   { happn: "get /items/*", criteria: "{payload}", fields: { id: 1 } }
  narrowed:
    from: { http: "POST /narrowed" }
    to:   { happn: "get /items/*", criteria: { b: true, "...": "{payload}" }, fields: { id: 1 } }
  unknown:
    from: { http: "GET /unknown" }
    to:   { happn: "get /items/*", criteria: { n: { $foo: 1 } } }
)";
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto name = "query" + std::to_string(i);
        auto to = json::parse(cases[i].query);
        to["happn"] = "get /items/*";
        text += "  " + name + ":\n    from: { http: \"GET /" + name + "\" }\n    to: " + to.dump() + "\n";
    }
    return text;
}

class MeshQueries : public testing::TestWithParam<const char*> {
protected:
    MeshQueries() {
        for (const json& item : items) {
            const auto stored =
                client.Put("/items/" + item["id"].get<std::string>(), item.dump(), "application/json");
            if (!stored || stored->status != 204) throw WaitFailed("an item is not stored");
        }
    }

    /// What is found, or what the gateway says instead.
    Ids found(std::size_t number) {
        const auto answer = client.Get("/query" + std::to_string(number));
        if (!answer || answer->status != 200) return {answer ? answer->body : "no answer"};
        Ids ids;
        for (const json& item : json::parse(answer->body))
            ids.push_back(item.at("id"));
        if (!json::parse(cases[number].query).contains("sort")) std::ranges::sort(ids);
        return ids;
    }

    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = mesh_settings(mesh), .mappings = {{"queries.yaml", routes()}}}};
    httplib::Client client = gateway.http();
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshQueries,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& generation) {
                             return "happner_" + name_of_version(generation.param);
                         });

TEST_P(MeshQueries, MeanWhatTheySay) {
    for (std::size_t i = 0; i < cases.size(); ++i)
        EXPECT_EQ(found(i), cases[i].expected) << cases[i].query;
}

/// Items whose member is an array come from every store, and are left out here.
TEST_P(MeshQueries, HaveWholePagesWhateverTheStoreCounts) {
    for (const char* item : {R"({"id":"1","p":[1]})", R"({"id":"2","p":[1]})", R"({"id":"3","p":5})"})
        client.Put("/items/" + json::parse(item)["id"].get<std::string>(), item, "application/json");
    EXPECT_EQ(found(page), (Ids{"3"}));
}

TEST_P(MeshQueries, ThatNobodyUnderstandsAreRefused) {
    const auto answer = client.Get("/unknown");
    EXPECT_EQ(answer->status, 400) << answer->body;
    EXPECT_THAT(answer->body, testing::HasSubstr("$foo"));
}

TEST_P(MeshQueries, AreNotWidenedByWhatAMessagePutsIn) {
    const auto post = [&](const char* path, const std::string& body) {
        const auto answer = client.Post(path, body, "application/json");
        return std::to_string(answer->status) + ' ' + answer->body;
    };
    EXPECT_EQ(post("/same", R"({"id":"a"})"), R"(200 [{"id":"a"}])");
    EXPECT_EQ(post("/same", R"({"id":{"x":"a"}})"), "200 []");
    EXPECT_THAT(post("/same", R"({"id":{"$ne":"zzz"}})"), testing::StartsWith("400 "));
    EXPECT_THAT(post("/same", R"({"id":[{"$ne":"zzz"}]})"), testing::HasSubstr("{payload.id}"));
    EXPECT_THAT(post("/same", "{}"), testing::StartsWith("400 "));
    EXPECT_EQ(post("/any", R"({"u":{"$lt":2}})"), R"(200 [{"id":"a"}])");
    EXPECT_THAT(post("/any", "[]"), testing::StartsWith("400 "));
}

TEST_P(MeshQueries, AreNarrowedDownByASpreadAndNeverWidened) {
    const auto found_by = [&](const std::string& body) {
        return client.Post("/narrowed", body, "application/json")->body;
    };
    EXPECT_EQ(found_by("{}"), R"([{"id":"d"}])");
    EXPECT_EQ(found_by(R"({"n":5})"), R"([{"id":"d"}])");
    EXPECT_EQ(found_by(R"({"n":6})"), "[]");
    EXPECT_EQ(found_by(R"({"b":false})"), R"([{"id":"d"}])");
    EXPECT_EQ(found_by(R"({"\u0062":null,"n":5})"), R"([{"id":"d"}])");
}

}  // namespace
