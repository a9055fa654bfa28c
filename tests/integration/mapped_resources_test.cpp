// Resources of a design of one's own, kept on real meshes of the oldest and the newest generation: what is
// stored by PUT is read one by one and by criteria, what is missing is 404, a method's errors get statuses.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* routes = R"(
version: 1
routes:
  store:
    from: { http: "PUT /readings/{room}" }
    to:   { happn: "set /readings/{room}" }
    respond: { status: 204, body: null }
  forget:
    from: { http: "DELETE /readings/{room}" }
    to:   { happn: "remove /readings/{room}" }
    respond: { status: 204, body: null, missing: 404 }
  one:
    from: { http: "GET /readings/{room}" }
    to:   { happn: "get /readings/{room}" }
    respond: { etag: modified, missing: 404 }
  several:
    from:
      http: "GET /readings"
      query: { above: { type: number, default: 0 }, below: { type: number, default: 100 } }
    to:
      happn: "get /readings/*"
      criteria: { celsius: { $gt: "{in.query.above}", $lt: "{in.query.below}" } }
      sort: { celsius: 1 }
    respond: { etag: modified }
  failing:
    from: { http: "POST /failing" }
    to:   { call: "componentName/erroringMethodName" }
    errors: [{ name: TypeError, status: 418 }, { name: Error, status: 409 }, { status: 502 }]
)";

class MappedResources : public testing::TestWithParam<const char*> {
protected:
    httplib::Result put(const std::string& room, double celsius) {
        const json body{{"celsius", celsius}};
        return client.Put("/readings/" + room, body.dump(), "application/json");
    }
    json read(const std::string& path) {
        const auto answer = client.Get(path);
        if (!answer || answer->status != 200) throw WaitFailed("cannot read " + path);
        return json::parse(answer->body);
    }
    /// Of all readings in this range, the lowest first.
    std::vector<double> celsius_of(const std::string& query) {
        std::vector<double> found;
        for (const json& reading : read("/readings" + query))
            found.push_back(reading.at("celsius"));
        return found;
    }

    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = mesh_settings(mesh), .mappings = {{"resources.yaml", routes}}}};
    httplib::Client client = gateway.http();
};

INSTANTIATE_TEST_SUITE_P(Generations,
                         MappedResources,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) {
                             return "happner_" + name_of_version(generation.param);
                         });

TEST_P(MappedResources, AreStoredReadAndForgotten) {
    ASSERT_EQ(put("r1", 21.5)->status, 204);
    EXPECT_EQ(read("/readings/r1"), (json{{"celsius", 21.5}}));
    EXPECT_EQ(client.Delete("/readings/r1")->status, 204);
    for (const auto& gone : {client.Get("/readings/r1"), client.Delete("/readings/r1")}) {
        EXPECT_EQ(gone->status, 404);
        EXPECT_EQ(gone->get_header_value("Content-Type"), "application/problem+json");
    }
}

TEST_P(MappedResources, AreFoundByARangeThatTheQueryGives) {
    const double measured[] = {30, 10, 20};
    for (const double celsius : measured)
        ASSERT_EQ(put("r" + std::to_string(static_cast<int>(celsius)), celsius)->status, 204);
    EXPECT_EQ(celsius_of(""), (std::vector<double>{10, 20, 30}));
    EXPECT_EQ(celsius_of("?above=10"), (std::vector<double>{20, 30}));
    EXPECT_EQ(celsius_of("?above=10&below=30"), (std::vector<double>{20}));
    EXPECT_EQ(celsius_of("?above=30"), (std::vector<double>{}));
}

TEST_P(MappedResources, AreNotSentAgainToWhoHasThem) {
    ASSERT_EQ(put("r1", 21.5)->status, 204);
    for (const std::string path : {"/readings/r1", "/readings"}) {
        const std::string tag = client.Get(path)->get_header_value("ETag");
        ASSERT_FALSE(tag.empty()) << path;
        const auto known = client.Get(path, {{"If-None-Match", tag}});
        EXPECT_EQ(known->status, 304) << path;
        EXPECT_EQ(known->body, "");
    }
    const std::string tag = client.Get("/readings/r1")->get_header_value("ETag");
    ASSERT_EQ(put("r1", 22)->status, 204);
    const auto changed = client.Get("/readings/r1", {{"If-None-Match", tag}});
    EXPECT_EQ(changed->status, 200);
    EXPECT_NE(changed->get_header_value("ETag"), tag);
}

TEST_P(MappedResources, AMethodsErrorHasTheStatusThatTheRouteGivesIt) {
    const auto answer = client.Post("/failing");
    EXPECT_EQ(answer->status, 409) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"), "application/problem+json");
    EXPECT_EQ(json::parse(answer->body).at("status"), 409) << answer->body;
}

}  // namespace
