// At-least-once: attempted in order until every target has it, or given up.
#include "gateway/spool/spool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/receipt.hpp"
#include "tests/unit/spool/one_run.hpp"

namespace gateway::spool {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SpoolTest : public testing::Test {
protected:
    std::string path() const { return (directory_.path() / "messages").string(); }
    support::TemporaryDirectory directory_;
};

TEST_F(SpoolTest, AMessageIsForgottenWhenItsTargetHasIt) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("rooms/1", "21");
    EXPECT_THAT(run.attempts(), ElementsAre("21"));
    EXPECT_EQ(run.file->usage().messages, 1u);
    run.answer(0);
    EXPECT_EQ(run.file->usage().messages, 0u);
    EXPECT_EQ(run.outcomes(Fate::delivered), 1u);
}

TEST_F(SpoolTest, MessagesOfOneAddressGoOneAfterTheOtherAndOthersBesideThem) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("rooms/1", "1");
    run.receive("rooms/1", "2");
    run.receive("rooms/2", "3");
    EXPECT_THAT(run.attempts(), ElementsAre("1", "3"));
    run.answer(0);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "3", "2"));
}

TEST_F(SpoolTest, TheRouteSaysWhatTheOrderIsBy) {
    OneRun run{path()};
    Route route = guaranteed();
    route.guarantee->order = Template::parse("all", Scope{}).value();
    run.use({std::move(route)});
    run.receive("rooms/1", "1");
    run.receive("rooms/2", "2");
    EXPECT_THAT(run.attempts(), ElementsAre("1"));
}

TEST_F(SpoolTest, WhatCannotBeDeliveredNowIsTriedAgainBeforeWhatCameLater) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("rooms/1", "1");
    run.receive("rooms/1", "2");
    run.fail(0, Errc::unavailable);
    EXPECT_THAT(run.attempts(), ElementsAre("1"));
    run.spool.connections_are_back();
    EXPECT_THAT(run.attempts(), ElementsAre("1", "1"));
    run.answer(1);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "1", "2"));
}

TEST_F(SpoolTest, ARetryComesByItself) {
    OneRun run{path()};
    Guarantee guarantee;
    guarantee.retry.backoff_min = guarantee.retry.backoff_max = std::chrono::milliseconds{1};
    run.use({guaranteed(guarantee)});
    run.receive("rooms/1", "1");
    run.fail(0, Errc::timeout);
    run.io.run_one();
    EXPECT_THAT(run.attempts(), ElementsAre("1", "1"));
}

TEST_F(SpoolTest, TheRouteSaysWhichErrorsOfItsTargetPass) {
    Guarantee guarantee;
    guarantee.retry = {.max = 5, .network = false, .statuses = {{409, 409}, {500, 599}}};
    OneRun run{path()};
    run.use({guaranteed(guarantee)});
    const auto answers = [&](int code) {
        run.receive("rooms/1", std::to_string(code));
        run.answer(run.attempts().size() - 1,
                   Outcome{Error{Errc::http_error, "HttpError", code, "as the test wants it"}});
        return run.outcomes(Fate::dead, "http_error");
    };
    EXPECT_EQ(answers(404), 1u) << "not named: for good";
    EXPECT_EQ(answers(409), 1u);
    run.spool.connections_are_back();
    EXPECT_THAT(run.attempts(), ElementsAre("404", "409", "409"));
    run.answer(2, Outcome{Error{Errc::mesh_error, "Busy", 503, "another code that is named"}});
    run.spool.connections_are_back();
    run.answer(3, Outcome{Error{Errc::mesh_error, "Busy", 0, "no code at all"}});
    EXPECT_EQ(run.outcomes(Fate::dead, "mesh_error"), 1u);
}

TEST_F(SpoolTest, ARouteThatDoesNotNameTheNetworkGivesUpWhatItDoesNotReach) {
    Guarantee guarantee;
    guarantee.retry = {.max = 5, .network = false, .statuses = {{500, 599}}};
    OneRun run{path()};
    run.use({guaranteed(guarantee)});
    run.receive("rooms/1", "1");
    run.fail(0, Errc::timeout);
    EXPECT_EQ(run.outcomes(Fate::dead, "timeout"), 1u);
}

TEST_F(SpoolTest, WhatATargetRefusesForGoodIsADeadLetter) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("rooms/1", "1");
    run.receive("rooms/1", "2");
    run.fail(0, Errc::access_denied);
    EXPECT_EQ(run.outcomes(Fate::dead, "access_denied"), 1u);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "2")) << "it holds nobody up";
    const auto letters = run.letters();
    ASSERT_EQ(letters.size(), 1u);
    EXPECT_EQ(letters[0].stage, "target");
    EXPECT_EQ(letters[0].cause, "AccessDenied: as the test wants it");
}

TEST_F(SpoolTest, WhatTheRouteCannotReadIsADeadLetter) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("rooms/1", "{");
    EXPECT_EQ(run.outcomes(Fate::dead, "decode"), 1u);
    EXPECT_EQ(run.letters().at(0).stage, "decode");
}

TEST_F(SpoolTest, AnEndIsPutToAttemptsThatReachATargetButNotToThoseThatReachNobody) {
    OneRun run{path()};
    Guarantee guarantee;
    guarantee.retry.max = 1;
    run.use({guaranteed(guarantee)});
    run.receive("rooms/1", "1");
    std::size_t attempt = 0;
    for (int i = 0; i < 5; ++i) {
        run.fail(attempt++, Errc::unavailable);
        run.spool.connections_are_back();
    }
    run.fail(attempt++, Errc::timeout);
    run.spool.connections_are_back();
    EXPECT_EQ(run.outcomes(Fate::dead, "attempts"), 0u);
    run.fail(attempt++, Errc::timeout);
    EXPECT_EQ(run.outcomes(Fate::dead, "attempts"), 1u);
}

TEST_F(SpoolTest, AMessageEndsWithItsTime) {
    OneRun run{path()};
    Guarantee guarantee;
    guarantee.ttl = std::chrono::milliseconds{0};
    run.use({guaranteed(guarantee)});
    run.receive("rooms/1", "1");
    EXPECT_THAT(run.attempts(), IsEmpty());
    EXPECT_EQ(run.outcomes(Fate::dead, "expired"), 1u);
}

TEST_F(SpoolTest, TheNextRunTakesOverWhatIsOpenInItsOrder) {
    {
        OneRun run{path()};
        run.use({guaranteed()});
        run.receive("rooms/1", "1");
        run.receive("rooms/1", "2");
        run.file->keep(mqtt_message("rooms/1", "3"), 0).value();  // and then the process ended
    }
    OneRun run{path()};
    run.use({guaranteed()});
    run.spool.recover();
    EXPECT_EQ(run.metrics.route("store").recovered, 2u);
    EXPECT_EQ(run.metrics.route("store").matched, 1u) << "it had no route yet";
    run.answer(0);
    run.answer(1);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "2", "3"));
}

TEST_F(SpoolTest, AnAttemptIsOnDiskBeforeTheTargetHearsOfIt) {
    OneRun run{path()};
    run.use({guaranteed()});
    const auto attempts_on_disk = [&] {
        std::vector<int> attempts;
        for (const Delivery& delivery : run.file->open_deliveries().value())
            attempts.push_back(delivery.attempts);
        return attempts;
    };
    run.receive("rooms/1", "1");
    run.receive("rooms/1", "2");
    run.receive("rooms/2", "3");
    EXPECT_THAT(run.attempts(), ElementsAre("1", "3"));
    EXPECT_THAT(attempts_on_disk(), ElementsAre(1, 0, 1));
    run.answer(0);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "3", "2"));
    EXPECT_THAT(attempts_on_disk(), ElementsAre(1, 1));
}

TEST_F(SpoolTest, AMessageThatEndsTheProcessDoesNotDoSoForEver) {
    Guarantee guarantee;
    guarantee.retry.max = 2;
    for (int i = 0; i < 3; ++i) {
        OneRun run{path()};
        run.use({guaranteed(guarantee)});
        run.spool.recover();
        if (i == 0) run.receive("rooms/1", "666");
        EXPECT_THAT(run.attempts(), ElementsAre("666")) << i;
    }
    OneRun run{path()};
    run.use({guaranteed(guarantee)});
    run.spool.recover();
    EXPECT_THAT(run.attempts(), IsEmpty());
    EXPECT_EQ(run.outcomes(Fate::dead, "attempts"), 1u);
}

TEST_F(SpoolTest, WhoseRouteHasGoneIsADeadLetter) {
    {
        OneRun run{path()};
        run.use({guaranteed()});
        run.receive("rooms/1", "1");
    }
    OneRun run{path()};
    run.use({});
    run.spool.recover();
    EXPECT_EQ(run.outcomes(Fate::dead, "no_route"), 1u);
}

TEST_F(SpoolTest, WhatAnOrderlyStopInterruptsIsLeftForTheNextRun) {
    {
        OneRun run{path()};
        run.use({guaranteed()});
        run.receive("rooms/1", "1");
        run.spool.stop();
        run.dispatcher.fail_all(Error{Errc::cancelled, "the gateway is stopping"});
        EXPECT_EQ(run.file->open_deliveries().value().size(), 1u);
    }
    OneRun run{path()};
    run.use({guaranteed()});
    run.spool.recover();
    EXPECT_THAT(run.attempts(), ElementsAre("1"));
}

TEST_F(SpoolTest, WhatAFullSpoolCannotTakeIsKeptInMemoryIfItHasBeenAcknowledgedAndDroppedIfNot) {
    OneRun run{path(), {.messages = 1}};
    run.use({guaranteed()});
    run.receive("rooms/1", "1");
    run.receive("rooms/2", "2");
    run.receive("rooms/3", "3", 0);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "2"));
    EXPECT_EQ(run.outcomes(Fate::dropped, "spool_full"), 1u);
    run.fail(1, Errc::unavailable);
    run.spool.connections_are_back();
    run.answer(2);
    EXPECT_THAT(run.attempts(), ElementsAre("1", "2", "2"));
    EXPECT_EQ(run.outcomes(Fate::delivered), 1u);
}

TEST_F(SpoolTest, OtherRoutesOfTheMessageAreServedAtOnce) {
    OneRun run{path()};
    run.use({guaranteed(), mqtt_to_happn("also", "rooms/#", "/all")});
    run.receive("rooms/1", "1");
    EXPECT_EQ(run.attempts().size(), 2u);
    run.answer(0);
    run.answer(1);
    EXPECT_EQ(run.metrics.route("also").outcomes[Fate::delivered][""], 1u);
}

TEST_F(SpoolTest, WhatNoRouteWantsIsNotKept) {
    OneRun run{path()};
    run.use({guaranteed()});
    run.receive("other/1", "1");
    EXPECT_EQ(run.file->usage().messages, 0u);
}

/// A publication whose sender waits until it is delivered.
struct Awaited {
    explicit Awaited(OneRun& run) {
        Message message = mqtt_message("rooms/1", "21");
        message.receipt = std::make_shared<Receipt>([this] { confirmed = true; });
        const auto receipt = message.receipt;
        run.dispatcher.receive(std::move(message));
        receipt->end(Fate::delivered);
    }
    bool confirmed = false;
};

TEST_F(SpoolTest, ASenderThatWaitsIsToldWhenTheTargetHasIt) {
    OneRun run{path()};
    run.use({guaranteed()});
    const Awaited sender{run};
    run.fail(0, Errc::unavailable);
    EXPECT_FALSE(sender.confirmed);
    run.spool.connections_are_back();
    run.answer(1);
    EXPECT_TRUE(sender.confirmed);
}

TEST_F(SpoolTest, ASenderThatWaitsIsNotToldThatADeadLetterWasDelivered) {
    OneRun run{path()};
    run.use({guaranteed()});
    const Awaited sender{run};
    run.fail(0, Errc::bad_request);
    EXPECT_EQ(run.outcomes(Fate::dead, "bad_request"), 1u);
    EXPECT_FALSE(sender.confirmed);
}

}  // namespace
}  // namespace gateway::spool
