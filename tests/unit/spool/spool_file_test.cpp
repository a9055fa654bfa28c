// What must not be lost, on disk.
#include "gateway/spool/spool_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
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
    const auto letters = spool->dead_letters(10).value();
    ASSERT_EQ(letters.size(), 2u);
    EXPECT_EQ(letters[0].delivery.id, revived) << "the latest first";
    EXPECT_EQ(letters[1].cause, "AccessDenied: no");
    EXPECT_EQ(letters[1].stage, "target");
    EXPECT_EQ(letters[1].died, now + 1);
    EXPECT_EQ(letters[1].arrived, now);
    EXPECT_EQ(letters[1].message.payload.bytes.view(), "1");

    EXPECT_EQ(spool->revive(revived).value().attempts, 0);
    EXPECT_EQ(spool->open_deliveries().value().size(), 1u);
    ASSERT_FALSE(spool->drop(dropped).has_error());
    EXPECT_EQ(spool->usage().dead, 0u);
    EXPECT_EQ(spool->usage().messages, 1u);
}

TEST_F(SpoolFileTest, WhatIsNotThereIsSaid) {
    const auto spool = open();
    const auto alive = routed(*spool);
    EXPECT_EQ(spool->finish(99).error().errc, Errc::not_found);
    EXPECT_EQ(spool->bury(99, "", "", now).error().errc, Errc::not_found);
    EXPECT_EQ(spool->dead_letter(alive).error().errc, Errc::not_found);
    EXPECT_EQ(spool->revive(alive).error().errc, Errc::not_found);
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

TEST_F(SpoolFileTest, WhatIsNoSpoolIsRefusedAndLeftAsItIs) {
    const std::string text =
        "this is no database, but somebody's notes, long enough to look like a header ......";
    std::ofstream{file()} << text;
    EXPECT_THAT(SpoolFile::open(file(), {}).error().message, HasSubstr("file is not a database"));
    std::ifstream back{file()};
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>{back}, {}), text);
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
