// Components of a mesh come and go while the gateway is on it, as brokered ones do with their providers: what
// it offers follows.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"

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
