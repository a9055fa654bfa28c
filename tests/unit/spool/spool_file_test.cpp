// What must not be lost, on disk.
#include "gateway/spool/spool_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/support/temporary_directory.hpp"

namespace gateway::spool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr WallTime now = 1'700'000'000'000;

Message message_of(const std::string& topic, const std::string& payload) {
    Message message;
    message.connection = "plant";
    message.address = topic;
    message.payload.bytes = Bytes{payload};
    MqttProperties mqtt;
    mqtt.qos = 1;
    mqtt.unmarked = true;
    mqtt.user = {{"unit", "C"}, {"unit", "K"}};
    mqtt.correlation_data = std::string{"\0\xff", 2};
    message.properties = mqtt;
    message.origin = {"other", 2};
    return message;
}

Delivery delivery_of(const std::string& route, const std::string& key) {
    Delivery delivery;
    delivery.route = route;
    delivery.key = key;
    return delivery;
}

class SpoolFileTest : public testing::Test {
protected:
    std::string file() const { return (directory_.path() / "spool.db").string(); }
    std::unique_ptr<SpoolFile> open(Limits limits = {}) const {
        return std::move(SpoolFile::open(file(), limits)).value();
    }
    static Id keep(SpoolFile& spool, const std::string& payload = "21") {
        return spool.keep(message_of("rooms/1", payload), now).value();
    }
    /// Kept, and to be delivered by one route.
    static Id routed(SpoolFile& spool, const std::string& payload = "21") {
        return spool.route(keep(spool, payload), {delivery_of("store", "rooms/1")}).value().at(0);
    }

    static std::vector<DeadLetter> letters_of(SpoolFile& spool) {
        return spool.dead_letters(after_all, "", 10, 1000).value();
    }

    support::TemporaryDirectory directory_;
};

TEST_F(SpoolFileTest, AMessageComesBackAsItWas) {
    const auto id = keep(*open());
    const auto message = open()->message(id).value();
    EXPECT_EQ(message.connection, "plant");
    EXPECT_EQ(message.address, "rooms/1");
    EXPECT_EQ(message.payload.bytes.view(), "21");
    EXPECT_EQ(message.origin.gateway_id, "other");
    EXPECT_EQ(message.origin.hops, 2);
    EXPECT_EQ(message.principal.kind, PrincipalKind::service) << "no credential is kept";
    const auto& mqtt = std::get<MqttProperties>(message.properties);
    EXPECT_EQ(mqtt.qos, 1);
    EXPECT_TRUE(mqtt.unmarked);
    EXPECT_EQ(mqtt.user, (std::vector<NameValue>{{"unit", "C"}, {"unit", "K"}}));
    EXPECT_EQ(mqtt.correlation_data, std::string("\0\xff", 2));
}

TEST_F(SpoolFileTest, WhatWasNotRoutedWhenTheProcessEndedIsThereAtTheNextStart) {
    const auto first = keep(*open());
    const auto second = keep(*open());
    EXPECT_THAT(open()->unrouted().value(), ElementsAre(first, second));
    open()->route(first, {delivery_of("store", "k")}).value();
    EXPECT_THAT(open()->unrouted().value(), ElementsAre(second));
}

TEST_F(SpoolFileTest, AMessageThatNoRouteWantsIsForgotten) {
    const auto spool = open();
    spool->route(keep(*spool), {}).value();
    EXPECT_EQ(spool->usage().messages, 0u);
    EXPECT_EQ(spool->usage().bytes, 0u);
}

TEST_F(SpoolFileTest, AMessageIsForgottenWithItsLastDelivery) {
    const auto spool = open();
    const auto message = keep(*spool);
    const auto ids = spool->route(message, {delivery_of("a", "k"), delivery_of("b", "k")}).value();
    ASSERT_FALSE(spool->finish(ids[0]).has_error());
    EXPECT_FALSE(spool->message(message).has_error());
    ASSERT_FALSE(spool->finish(ids[1]).has_error());
    EXPECT_EQ(spool->message(message).error().errc, Errc::not_found);
    EXPECT_EQ(spool->usage().messages, 0u);
}

TEST_F(SpoolFileTest, OpenDeliveriesKeepTheirOrderAndTheirAttempts) {
    const auto first = routed(*open());
    const auto second = routed(*open());
    EXPECT_EQ(open()->begin_attempt(first).value().delivery.attempts, 1);
    ASSERT_FALSE(open()->begin_attempt(second).has_error());
    ASSERT_FALSE(open()->take_back_attempt(second).has_error());
    const auto deliveries = open()->open_deliveries().value();
    ASSERT_EQ(deliveries.size(), 2u);
    EXPECT_EQ(deliveries[0].id, first);
    EXPECT_EQ(deliveries[0].attempts, 1);
    EXPECT_EQ(deliveries[0].route, "store");
    EXPECT_EQ(deliveries[0].key, "rooms/1");
    EXPECT_EQ(deliveries[1].id, second);
    EXPECT_EQ(deliveries[1].attempts, 0);
}

TEST_F(SpoolFileTest, ADeadLetterIsKeptUntilItIsDroppedOrRevived) {
    const auto spool = open();
    const auto dropped = routed(*spool, "1");
    const auto revived = routed(*spool, "2");
    ASSERT_FALSE(spool->bury(dropped, "target", "AccessDenied: no", now + 1).has_error());
    ASSERT_FALSE(spool->bury(revived, "decode", "not JSON", now + 2).has_error());
    EXPECT_THAT(spool->open_deliveries().value(), IsEmpty());
    const auto letters = letters_of(*spool);
    ASSERT_EQ(letters.size(), 2u);
    EXPECT_EQ(letters[0].delivery.id, revived) << "the latest first";
    EXPECT_EQ(letters[1].cause, "AccessDenied: no");
    EXPECT_EQ(letters[1].stage, "target");
    EXPECT_EQ(letters[1].died, now + 1);
    EXPECT_EQ(letters[1].arrived, now);
    EXPECT_EQ(letters[1].message.payload.bytes.view(), "1");

    EXPECT_EQ(spool->revive(revived, "k", 0).value().attempts, 0);
    EXPECT_EQ(spool->open_deliveries().value().size(), 1u);
    ASSERT_FALSE(spool->drop(dropped).has_error());
    EXPECT_EQ(spool->usage().dead, 0u);
    EXPECT_EQ(spool->usage().messages, 1u);
}

TEST_F(SpoolFileTest, ARevivedLetterComesAfterAllThatWaitsAlsoForTheNextStart) {
    const auto letter = routed(*open(), "1");
    ASSERT_FALSE(open()->bury(letter, "target", "no", now).has_error());
    const auto waiting = routed(*open(), "2");
    const auto revived = open()->revive(letter, "another key", now + 5).value();
    EXPECT_EQ(revived.key, "another key");
    EXPECT_EQ(revived.expires, now + 5);
    const auto open_now = open()->open_deliveries().value();
    ASSERT_EQ(open_now.size(), 2u);
    EXPECT_EQ(open_now[0].id, waiting);
    EXPECT_EQ(open_now[1].id, revived.id);
    EXPECT_EQ(open_now[1].key, "another key");
    EXPECT_EQ(open()->begin_attempt(revived.id).value().message.payload.bytes.view(), "1");
}

TEST_F(SpoolFileTest, DeadLettersAreReadPageByPageAndRouteByRoute) {
    const auto spool = open();
    for (int number = 0; number < 5; ++number) {
        const std::string route = number % 2 == 0 ? "even" : "odd";
        const auto id =
            spool->route(keep(*spool, std::to_string(number)), {delivery_of(route, "k")}).value().at(0);
        ASSERT_FALSE(spool->bury(id, "target", "no", now + number / 2).has_error());
    }
    const auto payloads = [&](Grave before, const std::string& route, std::size_t most) {
        std::vector<std::string> found;
        for (const DeadLetter& letter : spool->dead_letters(before, route, most, 100).value())
            found.push_back(letter.message.payload.bytes.str());
        return found;
    };
    EXPECT_THAT(payloads(after_all, "", 2), ElementsAre("4", "3"));
    const auto third = spool->dead_letters(after_all, "", 3, 0).value().at(2);
    EXPECT_THAT(payloads(third.grave(), "", 9), ElementsAre("1", "0"));
    EXPECT_THAT(payloads(after_all, "even", 9), ElementsAre("4", "2", "0"));
    EXPECT_THAT(payloads(third.grave(), "even", 9), ElementsAre("0"));
}

TEST_F(SpoolFileTest, GravesAreWalkedFromTheEarliestDeathToAMoment) {
    const auto spool = open();
    std::vector<Id> ids;
    for (int number = 0; number < 4; ++number) {
        ids.push_back(routed(*spool));
        ASSERT_FALSE(spool->bury(ids.back(), "target", "no", now + number).has_error());
    }
    const auto walked = [&](Grave after, WallTime until, const std::string& route, std::size_t most) {
        std::vector<Id> found;
        for (const Grave& grave : spool->graves(after, until, route, most).value())
            found.push_back(grave.id);
        return found;
    };
    EXPECT_THAT(walked({}, now + 2, "", 9), ElementsAre(ids[0], ids[1], ids[2]));
    EXPECT_THAT(walked({}, now + 9, "store", 2), ElementsAre(ids[0], ids[1]));
    EXPECT_THAT(walked({now + 1, ids[1]}, now + 9, "", 9), ElementsAre(ids[2], ids[3]));
    EXPECT_THAT(walked({}, now + 9, "other", 9), IsEmpty());
}

TEST_F(SpoolFileTest, NoMoreOfALettersPayloadIsReadThanWanted) {
    const auto spool = open();
    const auto id = routed(*spool, "0123456789");
    ASSERT_FALSE(spool->bury(id, "target", "no", now).has_error());
    const auto letter = spool->dead_letter(id, 4).value();
    EXPECT_EQ(letter.message.payload.bytes.view(), "0123");
    EXPECT_EQ(letter.payload_size, 10u);
    EXPECT_EQ(spool->dead_letter(id, std::string::npos).value().message.payload.bytes.view(), "0123456789");
}

TEST_F(SpoolFileTest, WhatIsNotThereIsSaid) {
    const auto spool = open();
    const auto alive = routed(*spool);
    EXPECT_EQ(spool->finish(99).error().errc, Errc::not_found);
    EXPECT_EQ(spool->bury(99, "", "", now).error().errc, Errc::not_found);
    EXPECT_EQ(spool->dead_letter(alive, 100).error().errc, Errc::not_found);
    EXPECT_EQ(spool->revive(alive, "k", 0).error().errc, Errc::not_found);
    EXPECT_EQ(spool->drop(alive).error().errc, Errc::not_found) << "only the dead are dropped";
    EXPECT_EQ(spool->open_deliveries().value().size(), 1u);
}

TEST_F(SpoolFileTest, IsBoundedInNumberAndBytesAlsoAfterAStart) {
    const auto id = routed(*open());
    const auto full = open({.messages = 1, .bytes = 1000});
    EXPECT_EQ(full->keep(message_of("t", "1"), now).error().errc, Errc::overloaded);
    ASSERT_FALSE(full->finish(id).has_error());
    EXPECT_FALSE(full->keep(message_of("t", "1"), now).has_error());
    support::TemporaryDirectory other;
    const auto small = SpoolFile::open((other.path() / "s").string(), {.messages = 10, .bytes = 100}).value();
    EXPECT_EQ(small->keep(message_of("t", std::string(100, 'x')), now).error().errc, Errc::overloaded);
    EXPECT_FALSE(small->keep(message_of("t", std::string(99, 'x')), now).has_error());
}

/// Of a disk that is full: no file of this process may grow beyond so many bytes (setrlimit(2)).
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST_F(SpoolFileTest, ADiskThatIsFullIsSurvivedAndNoticedAgainWhenItHasRoom) {
    const auto spool = open();
    const auto first = keep(*spool);
    {
        const FullDisk full{64 * 1024};
        EXPECT_EQ(spool->keep(message_of("t", std::string(100'000, 'x')), now).error().errc,
                  Errc::unavailable);
        EXPECT_TRUE(spool->nearly_full()) << "sources had better hold back";
        EXPECT_EQ(spool->usage().messages, 1u);
    }
    EXPECT_FALSE(spool->probe().has_error());
    EXPECT_FALSE(spool->nearly_full());
    EXPECT_THAT(spool->unrouted().value(), ElementsAre(first));
}

TEST_F(SpoolFileTest, IsOneProcessAlone) {
    const auto spool = open();
    EXPECT_THAT(SpoolFile::open(file(), {}).error().message, HasSubstr("another process has it"));
}

TEST_F(SpoolFileTest, TakesMessagesFromSeveralThreads) {
    const auto spool = open();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            for (int k = 0; k < 200; ++k)
                keep(*spool);
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(spool->unrouted().value().size(), 600u);
    EXPECT_EQ(spool->usage().messages, 600u);
}

TEST_F(SpoolFileTest, NothingThatHasReturnedIsLostWithTheProcess) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto spool = open();
        for (;;) {
            const Id id = keep(*spool);
            static_cast<void>(::write(pipe_ends[1], &id, sizeof id));
        }
    }
    Id last = 0;
    for (int i = 0; i < 500; ++i)
        ASSERT_EQ(::read(pipe_ends[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe_ends[1]);
    for (Id id = 0; ::read(pipe_ends[0], &id, sizeof id) == static_cast<ssize_t>(sizeof id);)
        last = id;
    ::close(pipe_ends[0]);
    const auto kept = open()->unrouted().value();
    ASSERT_GE(kept.size(), static_cast<std::size_t>(last));
    EXPECT_EQ(kept.at(static_cast<std::size_t>(last) - 1), last);
}

}  // namespace
}  // namespace gateway::spool
