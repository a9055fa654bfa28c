#include "config/schema.hpp"
#include "tests/tree/tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace config {
namespace {

using Json = nlohmann::json;

/// Every object of the schema that says what a value must be.
template <typename Visit>
void for_each_key(const Json& schema, const std::string& path, const Visit& visit) {
    if (schema.contains("properties")) {
        for (const auto& [name, property] : schema.at("properties").items()) {
            visit(path + name, property);
            for_each_key(property, path + name + ".", visit);
        }
    }
    if (schema.contains("additionalProperties") && schema.at("additionalProperties").is_object()) {
        for_each_key(schema.at("additionalProperties"), path + "*.", visit);
    }
}

TEST(GatewaySchema, CommittedFileIsWhatTheProgramMakes) {
    std::ifstream in{support::source_tree("config/gateway.schema.json")};
    const std::string committed{std::istreambuf_iterator<char>{in}, {}};

    EXPECT_TRUE(committed == schema()) << "run: happn-gateway schema gateway > config/gateway.schema.json";
}

TEST(GatewaySchema, EveryKeySaysWhatItMeans) {
    int keys = 0;
    for_each_key(Json::parse(schema()), "", [&keys](const std::string& path, const Json& key) {
        ++keys;
        EXPECT_TRUE(key.contains("description") && !key.at("description").get<std::string>().empty()) << path;
    });
    EXPECT_GT(keys, 60);
}

TEST(GatewaySchema, UnknownKeysAreRefusedAtEveryLevel) {
    const auto whole = Json::parse(schema());

    EXPECT_EQ(whole.at("additionalProperties"), false);
    for_each_key(whole, "", [](const std::string& path, const Json& key) {
        if (key.contains("properties")) {
            EXPECT_EQ(key.at("additionalProperties"), false) << path;
        }
    });
}

TEST(GatewaySchema, DefaultsAreThoseOfTheStructs) {
    const auto whole = Json::parse(schema()).at("properties");

    EXPECT_EQ(whole.at("timeouts").at("properties").at("rest").at("default"), "10s");
    EXPECT_EQ(whole.at("limits").at("properties").at("websocket_message").at("default"), "10MiB");
    EXPECT_EQ(whole.at("brokers").at("additionalProperties").at("properties").at("version").at("default"), 5);
    EXPECT_EQ(whole.at("listen").at("default"), Json::parse(R"(["127.0.0.1:8080"])"));
}

TEST(GatewaySchema, KindsHaveTheRightShape) {
    const auto whole = Json::parse(schema()).at("properties");

    const auto broker = whole.at("brokers").at("additionalProperties");
    EXPECT_EQ(broker.at("required"), Json::parse(R"(["url"])"));
    EXPECT_EQ(broker.at("properties").at("username").at("type"), "string");
    EXPECT_EQ(whole.at("node").at("properties").at("enabled").at("anyOf").at(0).at("type"), "boolean");
    EXPECT_EQ(whole.at("log").at("properties").at("format").at("anyOf").at(0).at("enum").size(), 2u);
    EXPECT_EQ(whole.at("mappings").at("anyOf").at(0).at("items").at("type"), "string");
}

}  // namespace
}  // namespace config
