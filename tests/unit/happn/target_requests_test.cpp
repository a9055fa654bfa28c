#include "adapters/happn/target_requests.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace {

using gateway::HappnTarget;
using happn::TargetRequest;
using nlohmann::json;

json options_of(const HappnTarget& rule, const gateway::Output& output, bool modern) {
    return json::parse(happn::write_options(TargetRequest{rule, output.action}, output, "gw;1", modern));
}

TEST(TargetRequests, ASetCarriesTheLoopMarkAndNeedsNoData) {
    EXPECT_EQ(options_of({}, {}, true), json::parse(R"({"meta":{"hg":"gw;1"},"noDataResponse":true})"));
    EXPECT_EQ(options_of({}, {}, false), json::parse(R"({"meta":{"hg":"gw;1"}})"));
}

TEST(TargetRequests, AMergeNeedsWhatIsStored) {
    HappnTarget rule;
    rule.merge = true;
    EXPECT_EQ(options_of(rule, {}, true), json::parse(R"({"meta":{"hg":"gw;1"},"merge":true})"));
}

TEST(TargetRequests, OptionsOfTheRouteAreSent) {
    HappnTarget rule;
    rule.no_store = true;
    rule.no_publish = true;
    rule.consistency = gateway::Consistency::acknowledged;
    gateway::Output output;
    output.meta = R"({"unit":"C"})";
    output.on_behalf_of = "ann";
    EXPECT_EQ(options_of(rule, output, true),
              json::parse(R"({"meta":{"hg":"gw;1","unit":"C"},"noPublish":true,"consistency":3,"noStore":true,
                              "noDataResponse":true,"onBehalfOf":"ann"})"));
}

TEST(TargetRequests, ARemoveThatArrivesIsARemove) {
    const TargetRequest request{HappnTarget{}, gateway::Action::remove};
    EXPECT_EQ(request.verb, HappnTarget::Verb::remove);
}

TEST(TargetRequests, SortingGoesOneLevelDeeperThanCriteria) {
    gateway::Output output;
    output.options = R"({"criteria":{"u":{"$gte":1}},"fields":{"a":1},"sort":{"a":-1},"limit":2,"skip":1})";
    EXPECT_EQ(
        json::parse(happn::get_options(output, true)),
        json::parse(
            R"({"criteria":{"u":{"$gte":1}},"fields":{"a":1},"options":{"sort":{"a":-1},"limit":2,"skip":1}})"));
    EXPECT_EQ(happn::get_options({}, true), "{}");
}

std::string answer(const std::string& text, bool with_meta) {
    const auto frame = happn::Frame::parse(text);
    return happn::get_answer(*frame, with_meta).bytes.str();
}

TEST(TargetRequests, AGetGivesTheValueBehindTheItem) {
    EXPECT_EQ(answer(R"({"data":{"value":21.50},"_meta":{"status":"ok"}})", false), "21.50");
    EXPECT_EQ(answer(R"({"data":null,"_meta":{"status":"ok"}})", false), "null");
    EXPECT_EQ(answer(R"({"_meta":{"status":"ok"}})", true), "null");
}

TEST(TargetRequests, AGetWithWildcardsGivesAList) {
    const std::string list =
        R"([{"value":1,"_meta":{"path":"/a"}},{"b":2,"_meta":{"path":"/b"}},{"status":"ok"}])";
    EXPECT_EQ(answer(list, false), R"([1,{"b":2}])");
    EXPECT_EQ(answer(list, true), R"([{"value":1,"_meta":{"path":"/a"}},{"b":2,"_meta":{"path":"/b"}}])");
    EXPECT_EQ(answer(R"([{"status":"ok"}])", false), "[]");
}

TEST(TargetRequests, MetaCanBeAskedFor) {
    EXPECT_EQ(json::parse(answer(
                  R"({"data":{"a":1},"_meta":{"status":"ok","path":"/a","created":1,"modified":2}})", true)),
              json::parse(R"({"a":1,"_meta":{"path":"/a","created":1,"modified":2}})"));
}

TEST(TargetRequests, ARemoveAnswersWithTheNumber) {
    const auto frame = happn::Frame::parse(R"({"data":{"removed":3},"_meta":{"status":"ok"}})");
    EXPECT_EQ(happn::remove_answer(*frame).bytes.view(), "3");
}

}  // namespace
