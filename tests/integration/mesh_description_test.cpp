// Components of a mesh come and go while the gateway is on it, as brokered ones do with their providers: what
// it offers follows.
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace {

using namespace support;
using nlohmann::json;

class MeshDescription : public testing::TestWithParam<const char*> {
protected:
    bool described() const {
        const auto answer = gateway.http().Get("/rest/describe");
        return answer && json::parse(answer->body).at("data").contains("/latecomer/hello");
    }
    httplib::Result call() const {
        return gateway.http().Post(
            "/rest/method/latecomer/hello", R"({"parameters":{}})", "application/json");
    }

    JsMesh mesh{{.generation = GetParam()}};
    GatewayProcess gateway{{.settings = mesh_settings(mesh) + "rest: { mesh: site }\n", .mappings = {}}};
};

TEST_P(MeshDescription, OffersAComponentFromWhenItComesUntilItGoes) {
    EXPECT_FALSE(described());
    EXPECT_EQ(call()->status, 404);

    mesh.add_component("latecomer");
    ASSERT_TRUE(eventually([this] { return described(); }));
    const auto answer = call();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(json::parse(answer->body).at("data"), "hello from latecomer");

    mesh.remove_component("latecomer");
    ASSERT_TRUE(eventually([this] { return !described(); }));
    EXPECT_EQ(call()->status, 404);
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshDescription,
                         testing::Values("2.13.0", "5.2.1", "11.16.1", "13.1.1"),
                         [](const auto& generation) { return name_of_version(generation.param); });

constexpr const char* late = R"(
version: 1
routes:
  late:
    from: { http: "POST /late" }
    to:   { call: "latecomer/count", mesh: site, args: { b: "{payload.y}", a: "{payload.x}" } }
)";

/// A component that is new on the mesh, where the news have not reached the gateway yet.
class UnheardNews : public testing::TestWithParam<const char*> {
protected:
    double requests() const { return metric(gateway.metrics(), "happn_gateway_http_requests_total"); }

    JsMesh mesh{{.generation = GetParam()}};
    TcpProxy proxy{mesh.port()};
    GatewayProcess gateway{{.settings = "meshes: { site: { url: \"ws://127.0.0.1:" +
                                        std::to_string(proxy.port()) + "\" } }\nrest: { mesh: site }\n",
                            .mappings = {{"late.yaml", late}}}};
};

TEST_P(UnheardNews, OfAMethodAreAskedForByARouteThatNamesItsArguments) {
    proxy.stall();
    mesh.add_component("latecomer");
    const auto before = requests();
    auto asked = std::async(std::launch::async, [this] {
        return gateway.http().Post("/late", R"({"y":"two","x":1})", "application/json");
    });
    ASSERT_TRUE(eventually([&] { return requests() == before + 1; }));
    proxy.resume();
    const auto answer = asked.get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(json::parse(answer->body), (json{{"a", 1}, {"b", "two"}, {"calls", 1}}));
}

TEST_P(UnheardNews, OfAMethodAreAskedForAndTheMethodIsCalledOnceWithItsArguments) {
    proxy.stall();
    mesh.add_component("latecomer");
    const auto before = requests();
    const auto call = [this](const std::string& method) {
        return std::async(std::launch::async, [this, method] {
            return gateway.http().Post("/rest/method/latecomer/" + method,
                                       R"({"parameters":{"b":"two","a":1}})",
                                       "application/json");
        });
    };
    auto there = call("count");
    auto not_there = call("nope");
    ASSERT_TRUE(eventually([&] { return requests() == before + 2; }));
    proxy.resume();
    const auto answer = there.get();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(json::parse(answer->body).at("data"), (json{{"a", 1}, {"b", "two"}, {"calls", 1}}));
    const auto missing = not_there.get();
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->status, 404) << missing->body;
    EXPECT_EQ(json::parse(missing->body),
              (json{{"message", "Failure parsing request body"},
                    {"data", nullptr},
                    {"error", {{"message", "method nope does not exist on component latecomer"}}}}));
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         UnheardNews,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) { return name_of_version(generation.param); });

TEST(MeshDomain, IsTakenFromTheDescriptionNotFromTheNodesName) {
    JsMesh mesh{{.generation = "13.1.1", .domain = "Plant"}};
    GatewayProcess gateway{{.settings = mesh_settings(mesh) + "rest: { mesh: site }\n", .mappings = {}}};
    const auto answer = gateway.http().Post(
        "/rest/method/componentName/strMethod", R"({"parameters":{}})", "application/json");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(json::parse(answer->body).at("data"), "str");
}

class EncryptingMesh : public testing::TestWithParam<const char*> {};

TEST_P(EncryptingMesh, IsNotJoinedAndTheReasonIsSaid) {
    JsMesh mesh{{.generation = GetParam(), .secure = true, .encrypt_payloads = true}};
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") + "rest: { mesh: site }\n",
         .mappings = {}},
        StartUntil::listening};
    gateway.process().wait_for_line("the mesh encrypts payloads (encryptPayloads), which is not supported");
    EXPECT_FALSE(gateway.ready());
    EXPECT_NE(gateway.readiness().find("encryptPayloads"), std::string::npos) << gateway.readiness();
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         EncryptingMesh,
                         testing::Values("2.13.0", "5.2.1"),
                         [](const auto& generation) { return name_of_version(generation.param); });

}  // namespace
