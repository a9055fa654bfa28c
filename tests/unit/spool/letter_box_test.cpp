// What operators do with dead letters.
#include "gateway/spool/letter_box.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/spool/letter_text.hpp"
#include "tests/unit/spool/one_run.hpp"

namespace gateway::spool {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LetterBoxTest : public testing::Test {
protected:
    /// Letters of route `store` whose payloads are the numbers.
    std::vector<Id> give_up(const std::vector<std::string>& payloads, const std::string& topic = "rooms/1") {
        for (const std::string& payload : payloads) {
            run.receive(topic, payload);
            run.fail(run.attempts().size() - 1, Errc::access_denied);
        }
        std::vector<Id> ids;
        for (const DeadLetter& letter : run.letters())
            ids.insert(ids.begin(), letter.delivery.id);
        return ids;
    }

    Round work_off(Deed deed, Chosen chosen) {
        Round round;
        round.deed = deed;
        round.chosen = std::move(chosen);
        while (!round.over)
            round = box.go_on(std::move(round));
        return round;
    }

    support::TemporaryDirectory directory_;
    OneRun run{(directory_.path() / "messages").string()};
    LetterBox box{*run.file, run.spool, run.metrics};
    LetterBoxTest() { run.use({guaranteed()}); }
};

TEST_F(LetterBoxTest, WhatIsReplayedIsDeliveredAndCountedAsPendingAgain) {
    const auto ids = give_up({"1"});
    const Round round = work_off(Deed::replay, {.ids = ids, .route = {}});
    EXPECT_EQ(round.done, 1u);
    EXPECT_EQ(run.spool.pending().at("store"), 1u);
    EXPECT_EQ(run.metrics.route("store").recovered, 1u);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "1"));
    run.answer(1);
    EXPECT_EQ(run.outcomes(Fate::delivered), 1u);
    EXPECT_EQ(run.file->usage().messages, 0u);
}

TEST_F(LetterBoxTest, WhatIsReplayedHasAllItsAttemptsBeforeIt) {
    Guarantee guarantee;
    guarantee.retry.max = 1;
    run.use({guaranteed(guarantee)});
    run.receive("rooms/1", "1");
    run.fail(0, Errc::timeout);
    run.spool.connections_are_back();
    run.fail(1, Errc::timeout);
    ASSERT_EQ(run.outcomes(Fate::dead, "attempts"), 1u);
    work_off(Deed::replay, {});
    run.fail(2, Errc::timeout);
    run.spool.connections_are_back();
    EXPECT_EQ(run.attempts().size(), 4u) << "one, and one more";
    run.answer(3);
    EXPECT_EQ(run.outcomes(Fate::delivered), 1u);
}

TEST_F(LetterBoxTest, WhatIsReplayedKeepsItsOrderAndComesBehindWhatWaitsForItsKey) {
    give_up({"1", "2", "3"});
    run.receive("rooms/1", "4");
    work_off(Deed::replay, {});
    while (run.outcomes(Fate::delivered) < 4)
        run.answer(run.attempts().size() - 1);
    const auto attempts = run.attempts();
    EXPECT_THAT(std::vector(attempts.end() - 4, attempts.end()), ElementsAre("4", "1", "2", "3"));
}

TEST_F(LetterBoxTest, WhatIsReplayedIsOrderedByTheRouteAsItIsNow) {
    give_up({"1"}, "rooms/1");
    give_up({"2"}, "rooms/2");
    Route route = guaranteed();
    route.guarantee->order = Template::parse("all", Scope{}).value();
    run.use({std::move(route)});
    work_off(Deed::replay, {});
    EXPECT_THAT(run.attempts(), ElementsAre("1", "2", "1")) << "one after the other now";
}

TEST_F(LetterBoxTest, WhatIsGivenUpAgainIsNotReplayedTwiceByOneRound) {
    give_up({"1", "2", "3"});
    run.use({guaranteed({.order = {}, .ttl = std::chrono::milliseconds{0}})});  // no time at all
    const Round round = work_off(Deed::replay, {});
    EXPECT_EQ(round.done, 3u);
    EXPECT_EQ(run.letters().size(), 3u);
}

TEST_F(LetterBoxTest, ALetterThatNoRouteTakesNowStaysAndItIsSaidWhy) {
    const auto ids = give_up({"1"});
    const auto failure = [&] { return work_off(Deed::replay, {}).failures.at(0); };
    run.use({});
    EXPECT_EQ(failure(), std::pair(ids[0], std::string{"there is no route 'store' now"}));
    run.use({mqtt_to_happn("store", "rooms/{room}", "/rooms/{room}")});
    EXPECT_EQ(failure().second, "route 'store' is not at-least-once now");
    Route moved = mqtt_to_happn("store", "houses/{room}", "/rooms/{room}");
    moved.guarantee = Guarantee{};
    run.use({std::move(moved)});
    EXPECT_EQ(failure().second, "route 'store' does not take its address now");
    EXPECT_EQ(run.letters().size(), 1u);
}

TEST_F(LetterBoxTest, NothingIsReplayedWhileTheGatewayStops) {
    give_up({"1"});
    run.spool.stop();
    EXPECT_EQ(work_off(Deed::replay, {}).error->errc, Errc::cancelled);
    EXPECT_EQ(run.letters().size(), 1u);
}

TEST_F(LetterBoxTest, WhatIsDroppedIsForgotten) {
    const auto ids = give_up({"1", "2"});
    EXPECT_EQ(work_off(Deed::drop, {.ids = {ids[0], 99}, .route = {}}).failures.at(0),
              std::pair(Id{99}, std::string{"dead letter 99 is not in the spool"}));
    EXPECT_EQ(run.file->usage().messages, 1u);
    EXPECT_EQ(run.outcomes(Fate::dead, "access_denied"), 2u) << "it was that, and is";
}

TEST_F(LetterBoxTest, MoreLettersThanGoAtOnceAreWorkedOffOfTheChosenRouteAlone) {
    std::vector<std::string> many(LetterBox::most_at_once * 2, "1");
    give_up(many);
    EXPECT_EQ(work_off(Deed::drop, {.ids = {}, .route = "other"}).done, 0u);
    EXPECT_EQ(work_off(Deed::drop, {.ids = {}, .route = "store"}).done, many.size());
    EXPECT_EQ(run.file->usage().dead, 0u);
}

TEST_F(LetterBoxTest, LettersAreDroppedWhenTheyAreTooOld) {
    give_up({"1", "2"});
    const LetterLimits limits{.max_age = std::chrono::hours{1}, .max_messages = 10};
    const auto died = run.letters().back().died;
    constexpr WallTime hour = 3'600'000;
    box.tidy(limits, died + hour - 1);
    EXPECT_EQ(run.letters().size(), 2u);
    box.tidy(limits, died + 2 * hour);
    EXPECT_EQ(run.file->usage().messages, 0u);
    EXPECT_THAT(run.metrics.text({}, {}), HasSubstr("happn_gateway_dead_letters_expired_total 2"));
}

TEST_F(LetterBoxTest, TheEarliestLettersAreDroppedWhenThereAreTooMany) {
    give_up({"1", "2", "3"});
    box.tidy({.max_age = std::chrono::hours{1}, .max_messages = 1}, wall_now());
    ASSERT_EQ(run.letters().size(), 1u);
    EXPECT_EQ(run.letters()[0].message.payload.bytes.view(), "3");
    EXPECT_THAT(run.metrics.text({}, {}), HasSubstr("happn_gateway_dead_letters_crowded_out_total 2"));
}

TEST_F(LetterBoxTest, WhatWaitsIsNeverDroppedForLetters) {
    run.receive("rooms/1", "1");
    box.tidy({.max_age = std::chrono::hours{0}, .max_messages = 0}, wall_now() + 1);
    EXPECT_EQ(run.file->open_deliveries().value().size(), 1u);
}

TEST_F(LetterBoxTest, AListHasPagesAndNoPayloads) {
    const auto ids = give_up({"1", "2", "3"});
    const auto page = json::parse(box.list({.before = after_all, .route = {}, .most = 2}).value());
    EXPECT_EQ(page["total"], 3);
    ASSERT_EQ(page["letters"].size(), 2u);
    const json& first = page["letters"][0];
    EXPECT_EQ(first["id"], ids[2]) << "the latest first";
    EXPECT_EQ(first["route"], "store");
    EXPECT_EQ(first["stage"], "target");
    EXPECT_EQ(first["cause"], "AccessDenied: as the test wants it");
    EXPECT_EQ(first["attempts"], 1);
    EXPECT_EQ(first["from"]["address"], "rooms/1");
    EXPECT_FALSE(first.contains("payload"));
    const auto next = parse_grave(page["next"].get<std::string>());
    const auto last = json::parse(box.list({.before = *next, .route = {}, .most = 2}).value());
    EXPECT_EQ(last["letters"].size(), 1u);
    EXPECT_EQ(last["letters"][0]["id"], ids[0]);
    EXPECT_FALSE(last.contains("next"));
}

TEST_F(LetterBoxTest, ALetterIsShownWithItsPayload) {
    const auto ids = give_up({"1"});
    const auto letter = json::parse(box.show(ids[0]).value());
    EXPECT_EQ(letter["payload"], "1");
    EXPECT_EQ(letter["encoding"], "text");
    EXPECT_EQ(letter["truncated"], false);
    EXPECT_EQ(letter["size"], 1);
    EXPECT_EQ(letter["from"]["meta"]["qos"], 1);
    EXPECT_EQ(letter["principal"], "service");
    EXPECT_EQ(box.show(99).error().errc, Errc::not_found);
}

TEST(LetterText, WhatIsNoTextIsShownInBase64) {
    DeadLetter letter;
    letter.message.payload.bytes = Bytes{std::string{"\xff\x00", 2}};
    letter.payload_size = 2;
    const auto shown = json::parse(letter_text(letter));
    EXPECT_EQ(shown["encoding"], "base64");
    EXPECT_EQ(shown["payload"], "/wA=");
}

TEST(LetterText, ALongTextIsCutBetweenItsCharacters) {
    DeadLetter letter;
    letter.message.payload.bytes = Bytes{std::string{"caf\xc3"}};
    letter.payload_size = 5;
    const auto shown = json::parse(letter_text(letter));
    EXPECT_EQ(shown["encoding"], "text");
    EXPECT_EQ(shown["payload"], "caf");
    EXPECT_EQ(shown["truncated"], true);
}

TEST(LetterText, NamesNoSessionOfTheMesh) {
    DeadLetter letter;
    letter.message.properties = HappnProperties{R"({"sessionId":"5e55","action":"/SET@/a"})", false};
    const std::string text = letter_text(letter);
    EXPECT_THAT(text, HasSubstr("/SET@/a"));
    EXPECT_EQ(text.find("5e55"), std::string::npos);
}

TEST(LetterText, APlaceInAListIsReadBackOrRefused) {
    EXPECT_EQ(parse_grave("17-4")->died, 17);
    EXPECT_EQ(parse_grave("17-4")->id, 4);
    for (const char* wrong : {"", "17", "17-", "-4", "17-4x", "x-4"})
        EXPECT_FALSE(parse_grave(wrong)) << wrong;
}

}  // namespace
}  // namespace gateway::spool
