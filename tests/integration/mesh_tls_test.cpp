// Meshes behind TLS: the gateway joins only whom it can verify, and shows its own certificate where it is
// asked.
#include <gtest/gtest.h>

#include <string>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using nlohmann::json;

std::string settings(const std::string& url, const std::string& tls, const std::string& more = {}) {
    return "meshes: { site: { url: \"" + url + "\", tls: { " + tls + " }" + more +
           " } }\nrest: { mesh: site }\n";
}

std::string trusting(const CertificateAuthority& authority) {
    return "ca: \"file:" + authority.certificate() + "\"";
}

std::string showing(const CertificateFiles& own) {
    return ", certificate: \"file:" + own.certificate + "\", key: \"file:" + own.key + "\"";
}

class MeshBehindTls : public testing::TestWithParam<const char*> {
protected:
    /// Never ready, and why.
    void expect_refused(const GatewayProcess& gateway, const std::string& why) {
        EXPECT_TRUE(eventually([&] { return gateway.readiness().find(why) != std::string::npos; }))
            << gateway.readiness();
        EXPECT_FALSE(gateway.ready());
    }

    CertificateAuthority authority;
    CertificateAuthority stranger;
};

TEST_P(MeshBehindTls, IsJoinedAndCalledAsItsUsers) {
    JsMesh mesh{{.generation = GetParam(), .secure = true, .tls = authority.issue("localhost")}};
    GatewayProcess gateway{
        {.settings = settings(mesh.url(), trusting(authority), ", username: _ADMIN, password: happn"),
         .mappings = {}}};
    const auto login =
        gateway.http().Post("/rest/login", R"({"username":"tester","password":"pw"})", "application/json");
    ASSERT_TRUE(login);
    const httplib::Headers as{
        {"Authorization", "Bearer " + json::parse(login->body)["data"]["token"].get<std::string>()}};
    const auto answer = gateway.http().Post(
        "/rest/method/componentName/strMethod", as, R"({"parameters":{}})", "application/json");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    const auto described = gateway.http().Get("/rest/describe", as);  // asked of the mesh over HTTPS
    ASSERT_TRUE(described);
    EXPECT_EQ(described->status, 200) << described->body;
    EXPECT_TRUE(json::parse(described->body)["data"].contains("/componentName/strMethod"));
}

TEST_P(MeshBehindTls, IsNotJoinedWithACertificateOfAStranger) {
    JsMesh mesh{{.generation = GetParam(), .tls = stranger.issue("localhost")}};
    GatewayProcess gateway{{.settings = settings(mesh.url(), trusting(authority)), .mappings = {}},
                           StartUntil::listening};
    expect_refused(gateway, "certificate");
}

TEST_P(MeshBehindTls, MustHaveTheNameThatIsExpected) {
    JsMesh mesh{{.generation = GetParam(), .tls = authority.issue("mesh.example")}};
    {
        GatewayProcess gateway{{.settings = settings(mesh.url(), trusting(authority)), .mappings = {}},
                               StartUntil::listening};
        expect_refused(gateway, "hostname mismatch");
    }
    GatewayProcess gateway{
        {.settings = settings(mesh.url(), trusting(authority) + ", server_name: mesh.example"),
         .mappings = {}}};
    EXPECT_TRUE(gateway.ready());
}

TEST_P(MeshBehindTls, IsBelievedUnseenOnlyWhereTheConfigurationSaysSo) {
    JsMesh mesh{{.generation = GetParam(), .tls = stranger.issue("somebody.example")}};
    GatewayProcess gateway{{.settings = settings(mesh.url(), "verify: false"), .mappings = {}}};
    EXPECT_TRUE(gateway.ready());
    EXPECT_NE(gateway.process().printed().find("HG417"), std::string::npos);
}

TEST_P(MeshBehindTls, MayAskTheGatewayForItsCertificate) {
    JsMesh mesh{{.generation = GetParam()}};
    TlsFront front{authority.issue("localhost"), authority.certificate(), mesh};
    {
        GatewayProcess nobody{{.settings = settings(front.url(), trusting(authority)), .mappings = {}},
                              StartUntil::listening};
        nobody.process().wait_for_line("next try in");
        EXPECT_FALSE(nobody.ready());
    }
    const auto own = authority.issue("gateway");
    GatewayProcess gateway{
        {.settings = settings(front.url(), trusting(authority) + showing(own)), .mappings = {}}};
    EXPECT_TRUE(gateway.ready());
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         MeshBehindTls,
                         testing::Values("2.13.0", "13.1.1"),
                         [](const auto& generation) { return generation.param[0] == '2' ? "G1" : "G4"; });

TEST(MeshTls, AKeyThatNeedsAPasswordStopsTheStartAndAsksNobody) {
    CertificateAuthority authority;
    TemporaryDirectory files;
    const auto own = authority.issue_locked("gateway");
    const auto config = files.write(
        "gateway.yaml",
        "listen: [\"127.0.0.1:0\"]\n" + settings("wss://localhost:1", trusting(authority) + showing(own)));
    Process gateway{{.arguments = {gateway_program(), "run", "--config", config.string()}}};
    EXPECT_EQ(gateway.wait(), 1);
    EXPECT_NE(gateway.printed().find("meshes.site.tls.key cannot be used"), std::string::npos)
        << gateway.printed();
}

TEST(MeshTls, ACertificateThatIsNoneStopsTheStart) {
    TemporaryDirectory files;
    const auto broken = files.write("broken.pem", "-----BEGIN CERTIFICATE-----\nnot base64\n");
    const auto config =
        files.write("gateway.yaml",
                    "listen: [\"127.0.0.1:0\"]\n" +
                        settings("wss://localhost:1", "ca: \"file:" + broken.string() + "\""));
    Process gateway{{.arguments = {gateway_program(), "run", "--config", config.string()}}};
    EXPECT_EQ(gateway.wait(), 1);
    EXPECT_NE(gateway.printed().find("meshes.site.tls.ca cannot be used"), std::string::npos)
        << gateway.printed();
}

}  // namespace
