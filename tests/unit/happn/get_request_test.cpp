// A get of a route's target: what is asked and what the answer is.
#include "adapters/happn/get_request.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace happn {
namespace {

using nlohmann::json;

GetRequest request_of(const std::string& path, const std::string& query, bool with_meta) {
    gateway::Output output;
    output.address = path;
    output.options = query;
    return {output, with_meta, true, query::Store::loki};
}

gateway::Outcome outcome_of(const GetRequest& request, const std::string& answer) {
    const auto frame = Frame::parse(answer);
    return request.outcome(*frame);
}

std::string answered(const std::string& path, const std::string& answer, bool with_meta = false) {
    return outcome_of(request_of(path, {}, with_meta), answer).answer.bytes.str();
}

TEST(GetRequest, CarriesWhomItIsFor) {
    gateway::Output output;
    output.on_behalf_of = "ann";
    EXPECT_EQ(GetRequest(output, false, true, query::Store::loki).options(), R"({"onBehalfOf":"ann"})");
    EXPECT_EQ(GetRequest(output, false, false, query::Store::nedb).options(), "{}");
}

TEST(GetRequest, IsWrongBeforeTheMeshIsAskedWhereItsCriteriaCannotBeUnderstood) {
    const auto wrong = [](const std::string& query) {
        const auto checked = request_of("/a/*", query, false).check();
        return checked.has_error() ? checked.error().message : "";
    };
    EXPECT_EQ(wrong(""), "");
    EXPECT_EQ(wrong(R"({"criteria":{"u":{"$gt":1}},"limit":2})"), "");
    EXPECT_EQ(wrong(R"({"criteria":{"u":{"$foo":1}}})"), "unknown operator: $foo");
    EXPECT_EQ(wrong(R"({"criteria":{"u":1e999}})"), "options with a number that is out of range");
}

TEST(GetRequest, GivesTheValueBehindTheItem) {
    EXPECT_EQ(answered("/a", R"({"data":{"value":21.50},"_meta":{"status":"ok"}})"), "21.50");
    EXPECT_EQ(answered("/a", R"({"data":null,"_meta":{"status":"ok"}})"), "null");
    EXPECT_EQ(answered("/a", R"({"_meta":{"status":"ok"}})", true), "null");
}

constexpr const char* two =
    R"([{"value":1,"_meta":{"path":"/a","modified":7}},{"b":2.50,"_meta":{"path":"/b","modified":8}},{"status":"ok"}])";

TEST(GetRequest, GivesAListForAPathWithWildcards) {
    EXPECT_EQ(answered("/*", two), R"([1,{"b":2.50}])");
    EXPECT_EQ(
        answered("/*", two, true),
        R"([{"value":1,"_meta":{"path":"/a","modified":7}},{"b":2.50,"_meta":{"path":"/b","modified":8}}])");
    EXPECT_EQ(answered("/*", R"([{"status":"ok"}])"), "[]");
}

TEST(GetRequest, GivesItemsWithTheirMetaWhereItIsAskedFor) {
    EXPECT_EQ(
        answered(
            "/a", R"({"data":{"a":1},"_meta":{"status":"ok","path":"/a","created":1,"modified":2}})", true),
        R"({"a":1,"_meta":{"path":"/a","created":1,"modified":2}})");
}

TEST(GetRequest, LeavesOutWhatTheStoreShouldHave) {
    const auto of = [](const std::string& query) {
        return outcome_of(request_of("/*", query, false), two).answer.bytes.str();
    };
    EXPECT_EQ(of(R"({"criteria":{"b":{"$gt":2}}})"), R"([{"b":2.50}])");
    EXPECT_EQ(of(R"({"criteria":{"_meta.modified":7}})"), "[1]");
    EXPECT_EQ(of(R"({"sort":{"b":-1}})"), R"([{"b":2.50},1])");
    EXPECT_EQ(of(R"({"criteria":{"value":{"$exists":false}},"fields":{"c":1}})"), "[{}]");
    EXPECT_EQ(outcome_of(request_of("/a", R"({"criteria":{"a":{"$gt":1}}})", false),
                         R"({"data":{"a":1},"_meta":{"status":"ok","path":"/a"}})")
                  .answer.bytes.str(),
              "null");
}

TEST(GetRequest, AsksAgainWithoutALimitThatCountedItemsWhichDoNotFit) {
    const auto request = request_of("/*", R"({"criteria":{"b":{"$gt":2}},"limit":2})", false);
    EXPECT_TRUE(request.options().find("limit") != std::string::npos);
    EXPECT_TRUE(request.cut_too_short(*Frame::parse(two)));
    EXPECT_TRUE(request.unlimited().options().find("limit") == std::string::npos);
    EXPECT_FALSE(request.unlimited().cut_too_short(*Frame::parse(two)));
    EXPECT_FALSE(request.cut_too_short(*Frame::parse(R"([{"b":3,"_meta":{"path":"/b"}},{"status":"ok"}])")))
        << "there are no more";
    const auto all_fit = request_of("/*", R"({"criteria":{"c":{"$ne":2}},"limit":2})", false);
    EXPECT_FALSE(all_fit.cut_too_short(*Frame::parse(two)));
}

TEST(GetRequest, FieldsLeaveTheMetaThatIsAskedFor) {
    const auto request = request_of("/a", R"({"fields":{"a":1}})", true);
    const auto answer =
        outcome_of(request, R"({"data":{"a":1,"b":2},"_meta":{"path":"/a","created":1,"modified":2}})");
    EXPECT_EQ(answer.answer.bytes.view(), R"({"a":1,"_meta":{"created":1,"modified":2,"path":"/a"}})");
    EXPECT_FALSE(answer.version.empty());
}

TEST(GetRequest, VersionIsOfWhatIsLeft) {
    const auto of = [](const char* query) { return outcome_of(request_of("/*", query, false), two).version; };
    EXPECT_NE(of(""), of(R"({"criteria":{"b":2.5}})"));
    EXPECT_FALSE(of("").empty());
    EXPECT_EQ(outcome_of(request_of("/a", "", false), R"({"data":{"a":1},"_meta":{"path":"/a"}})").version,
              "")
        << "there is no time";
}

TEST(GetRequest, CriteriaThatNobodyUnderstandsAreTheCallersMistake) {
    const auto outcome = outcome_of(request_of("/*", R"({"criteria":{"b":{"$foo":1}}})", false), two);
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->errc, gateway::Errc::bad_request);
}

}  // namespace
}  // namespace happn
