// Which paths are happner's own, however they are written.
#include "adapters/rest/rest_path.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

using What = RestPath::What;

void expect_all(What what, std::initializer_list<const char*> paths) {
    for (const char* path : paths) {
        const auto read = read_rest_path(path, "TestNode");
        ASSERT_TRUE(read) << path;
        EXPECT_EQ(read->what, what) << path;
    }
}

TEST(RestPath, IsComparedInAnyCaseAndUpToASlashOrADot) {
    expect_all(
        What::describe,
        {"/rest/describe", "/REST/Describe", "/rest/describe/", "/rest/describe/x", "/rest/describe.x"});
    expect_all(What::login, {"/rest/login", "/rest/login/", "/Rest/Login"});
    expect_all(What::nothing, {"/rest", "/rest/", "/rest/describes", "/rest/x"});
}

TEST(RestPath, MayBeginWithTheNodesName) {
    expect_all(What::describe, {"/TestNode/rest/describe", "/testnode/REST/describe/"});
    expect_all(What::nothing, {"/TestNode/rest/x"});
    for (const char* other : {"/Other/rest/describe", "/restful", "/rest.x", "/REST/x", "/a/b", "/"})
        EXPECT_FALSE(read_rest_path(other, "TestNode")) << other;
}

TEST(RestPath, OfACallKeepsWhatComesAfterAsItIsWritten) {
    const auto call = [](std::string_view path) { return read_rest_path(path, "TestNode")->call; };
    EXPECT_EQ(call("/REST/Method/Component/method"), "Component/method");
    EXPECT_EQ(call("/rest/method/c/m/"), "c/m/");
    EXPECT_EQ(call("/rest/method//c/m"), "/c/m");
    EXPECT_EQ(call("/rest/method"), "");
}

}  // namespace
}  // namespace rest
