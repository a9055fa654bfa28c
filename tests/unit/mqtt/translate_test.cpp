#include "adapters/mqtt/translate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gateway/route.hpp"

namespace gateway::mqtt {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

Arrival arrival(std::vector<NameValue> user = {}) {
    Arrival made;
    made.topic = "devices/d1";
    made.payload = Bytes{std::string{"21.5"}};
    made.qos = 1;
    made.user = std::move(user);
    return made;
}

TEST(ToMessage, WithoutATokenIsTheServiceUsers) {
    const Message message = to_message(arrival(), "local");
    EXPECT_EQ(message.principal.kind, PrincipalKind::service);
    EXPECT_EQ(message.connection, "local");
    EXPECT_EQ(message.address, "devices/d1");
    EXPECT_EQ(message.payload.encoding, Encoding::raw);
}

TEST(ToMessage, TakesTokenAndLoopMarkOutOfTheUserProperties) {
    const Message message =
        to_message(arrival({{"happn_token", "s3cret"}, {"hg", "gw1;2"}, {"site", "7"}}), "local");
    EXPECT_EQ(message.principal.kind, PrincipalKind::user);
    EXPECT_EQ(message.principal.token->reveal(), "s3cret");
    EXPECT_EQ(message.origin.gateway_id, "gw1");
    EXPECT_EQ(message.origin.hops, 2);
    EXPECT_THAT(std::get<MqttProperties>(message.properties).user, ElementsAre(Pair("site", "7")));
}

class ToPublication : public testing::Test {
protected:
    Output output() {
        target.rule = rule;
        Output made;
        made.target = &target;
        made.address = "lights/1";
        made.payload.bytes = Bytes{std::string{"on"}};
        made.hops = 3;
        made.user = {{"happn_token", "s3cret"}, {"hg", "forged;0"}, {"site", "7"}};
        return made;
    }
    MqttTarget rule;
    Target target;
};

TEST_F(ToPublication, CarriesTheLoopMarkAndNeverACredential) {
    const Publication publication = to_publication(output(), Protocol::v5, "me");
    EXPECT_THAT(publication.user, ElementsAre(Pair("site", "7"), Pair("hg", "me;3")));
}

TEST_F(ToPublication, OfVersion311HasNoProperties) {
    EXPECT_TRUE(to_publication(output(), Protocol::v3_1_1, "me").user.empty());
}

TEST_F(ToPublication, OfARemoveIsEmptyAndRetained) {
    Output remove = output();
    remove.action = Action::remove;
    const Publication publication = to_publication(remove, Protocol::v5, "me");
    EXPECT_TRUE(publication.payload.empty());
    EXPECT_TRUE(publication.retain);
}

TEST(ToAnswer, GoesWhereTheRequestSaid) {
    MqttProperties request;
    request.response_topic = "answers/d1";
    request.correlation_data = std::string{"\x01\0", 2};
    request.qos = 2;
    Response response;
    response.body = Payload{Bytes{std::string{"7"}}, Encoding::json, {}};
    const Publication answer = to_answer(request, std::move(response), Origin{"other", 2}, "me");
    EXPECT_EQ(answer.topic, "answers/d1");
    EXPECT_EQ(answer.correlation_data, (std::string{"\x01\0", 2}));
    EXPECT_EQ(answer.qos, 2);
    EXPECT_EQ(answer.payload.view(), "7");
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_THAT(answer.user, Contains(Pair("hg", "me;3")));
}

TEST(ToAnswer, OfAnErrorNamesItInPropertiesAndBody) {
    MqttProperties request;
    request.response_topic = "answers/d1";
    Response response;
    response.error = Error{Errc::mesh_error, "TypeError", 7, "no \"such\" thing"};
    const Publication answer = to_answer(request, std::move(response), {}, "me");
    EXPECT_EQ(answer.payload.view(),
              R"({"error":{"name":"TypeError","code":7,"message":"no \"such\" thing"}})");
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_THAT(answer.user, Contains(Pair("error", "TypeError")));
    EXPECT_THAT(answer.user, Contains(Pair("reason", "no \"such\" thing")));
}

Publication publication(std::string topic) {
    Publication made;
    made.topic = std::move(topic);
    return made;
}

TEST(Refusal, OfTopicsThatCannotBePublishedTo) {
    EXPECT_FALSE(refusal(publication("a/b"), {}));
    for (const std::string& topic :
         {std::string{}, std::string{"a/+"}, std::string{"#"}, std::string{"a\0b", 3}})
        EXPECT_EQ(refusal(publication(topic), {})->errc, Errc::bad_request) << topic;
}

TEST(Refusal, OfUserPropertiesThatDoNotFitTheirLength) {
    Publication made = publication("a");
    made.user = {{"long", std::string(65536, 'x')}};
    EXPECT_EQ(refusal(made, {})->errc, Errc::bad_request);
}

TEST(Refusal, OfWhatTheBrokerSaidItDoesNotTake) {
    ServerLimits limits;
    limits.maximum_qos = 1;
    limits.retain_available = false;
    limits.maximum_packet = 1000;
    Publication made = publication("a");
    made.qos = 2;
    EXPECT_EQ(refusal(made, limits)->errc, Errc::refused);
    made = publication("a");
    made.retain = true;
    EXPECT_EQ(refusal(made, limits)->errc, Errc::refused);
    made = publication("a");
    made.payload = Bytes{std::string(1000, 'x')};
    EXPECT_EQ(refusal(made, limits)->errc, Errc::bad_request);
}

TEST(Answerable, AreTopicsThatAreNotTheBrokersOwn) {
    EXPECT_TRUE(answerable("answers/d1"));
    EXPECT_FALSE(answerable("$SYS/x"));
    EXPECT_FALSE(answerable("answers/#"));
    EXPECT_FALSE(answerable(""));
}

}  // namespace
}  // namespace gateway::mqtt
