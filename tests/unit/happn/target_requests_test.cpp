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

TEST(TargetRequests, ARemoveAnswersWithTheNumber) {
    const auto frame = happn::Frame::parse(R"({"data":{"removed":3},"_meta":{"status":"ok"}})");
    EXPECT_EQ(happn::remove_answer(*frame).bytes.view(), "3");
}

}  // namespace
