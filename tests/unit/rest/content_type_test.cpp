// What the mesh's body parser takes for a type, measured on real meshes.
#include "adapters/rest/content_type.hpp"

#include <gtest/gtest.h>

namespace rest {
namespace {

TEST(ContentType, HasTypeAndCharsetInLowerCase) {
    const auto read = read_content_type("Application/JSON ; x=y;charset=\"UTF-\\8\"");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->type, "application/json");
    EXPECT_EQ(read->charset, "utf-8");
    EXPECT_EQ(read_content_type("application/json")->charset, "");
    EXPECT_EQ(read_content_type("")->type, "");
}

TEST(ContentType, IsNoneIfAParameterIsIncomplete) {
    for (const char* header : {"application/json;",
                               "application/json; charset=",
                               "application/json; charset",
                               "application/json; =utf-8",
                               "application/json; charset=utf-8;",
                               "application/json; charset=\"utf-8",
                               "application/json; charset=\"utf-8\\",
                               "application/json; charset=utf-8 x"})
        EXPECT_FALSE(read_content_type(header)) << header;
}

}  // namespace
}  // namespace rest
