#include "adapters/happn/mesh_schema.hpp"

#include <gtest/gtest.h>

#include "adapters/happn/mesh_error.hpp"

namespace {

using gateway::Errc;

TEST(MeshSchema, ReadsComponentsMethodsAndParametersInOrder) {
    const auto description = happn::read_description(
        R"({"name":"TestNode","initializing":false,"components":{"c":{"name":"c","version":"1.0.0",
            "methods":{"m":{"parameters":[{"name":"b"},{"name":"a"},{"name":"callback"}]},"n":{}}}},"_meta":{}})");
    ASSERT_TRUE(description);
    EXPECT_EQ(description->domain, "TestNode");
    const auto& component = description->components.at("c");
    EXPECT_EQ(component.version, "1.0.0");
    EXPECT_EQ(component.methods.at("m").parameters, (std::vector<std::string>{"b", "a", "callback"}));
    EXPECT_TRUE(component.methods.at("n").parameters.empty());
}

TEST(MeshSchema, OtherDocumentsAreNoDescription) {
    for (const auto* const text : {"null", "{}", R"({"name":"x"})", "[1]", R"({"removed":1})"}) {
        EXPECT_FALSE(happn::read_description(text)) << text;
    }
}

TEST(MeshSchema, SurvivesADescriptionOfTheWrongShape) {
    const auto description =
        happn::read_description(R"({"name":5,"components":{"a":1,"b":{"methods":[1],"version":2}}})");
    ASSERT_TRUE(description);
    EXPECT_EQ(description->domain, "");
    EXPECT_TRUE(description->components.at("b").methods.empty());
}

TEST(MeshSchema, ReadsWhatAUserMaySee) {
    const auto description = happn::read_rest_description(
        R"({"message":"TestNode description","data":{"/c/m":{"uri":"/c/m","parameters":{"b":"{{b}}","a":"{{a}}"}},
            "odd":{}},"error":null})",
        "TestNode");
    ASSERT_TRUE(description);
    EXPECT_EQ(description->components.at("c").methods.at("m").parameters,
              (std::vector<std::string>{"b", "a"}));
    EXPECT_EQ(description->components.size(), 1u);
    EXPECT_FALSE(happn::read_rest_description("unauthorized access to path /@HTTP/rest/describe", "x"));
}

TEST(MeshErrors, SayWhoMustDoWhat) {
    struct Case {
        const char* raw;
        Errc errc;
    };
    for (const auto& [raw, errc] :
         {Case{R"({"name":"AccessDenied","code":403,"message":"unauthorized"})", Errc::access_denied},
          Case{R"({"name":"AccessDenied","code":401,"message":"Invalid credentials"})", Errc::unauthorized},
          Case{R"({"name":"Error","message":"client not connected"})", Errc::unavailable},
          Case{R"({"name":"Error","message":"Bad path, can only contain"})", Errc::bad_request},
          Case{R"({"name":"SystemError","code":500,"message":"x"})", Errc::mesh_error},
          Case{R"("text")", Errc::mesh_error},
          Case{"", Errc::mesh_error},
          Case{"5", Errc::mesh_error}}) {
        EXPECT_EQ(happn::mesh_error(raw).errc, errc) << raw;
    }
    EXPECT_EQ(happn::mesh_error(R"("text")").message, "text");
    EXPECT_EQ(happn::login_error(R"({"name":"AccessDenied","code":403})").errc, Errc::unauthorized);
}

TEST(MeshErrors, KnowASessionThatIsOver) {
    EXPECT_TRUE(happn::session_is_over(happn::mesh_error(
        R"({"name":"AccessDenied","code":403,"message":"unauthorized","reason":"session with id x has been revoked"})")));
    EXPECT_FALSE(happn::session_is_over(
        happn::mesh_error(R"({"name":"AccessDenied","code":403,"message":"unauthorized"})")));
}

}  // namespace
