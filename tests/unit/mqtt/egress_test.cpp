// The worker with a library that answers when the test says so. Waits are for events of the worker's thread.
#include "adapters/mqtt/egress.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace gateway::mqtt {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

class RecordingWire final : public Wire {
public:
    void connect(const ConnectRequest&) override { add("connect"); }
    void disconnect() override { add("disconnect"); }
    void subscribe(const SubscribeRequest& request) override { add("subscribe " + request.filter); }
    void unsubscribe(const UnsubscribeRequest& request) override { add("unsubscribe " + request.filter); }
    void publish(const Publication& publication) override {
        {
            const std::lock_guard lock{mutex_};
            tickets_.push_back(publication.ticket);
        }
        add("publish " + publication.topic);
    }

    bool wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, patience, [&] { return log_.size() >= count; });
    }
    std::vector<std::string> log() {
        const std::lock_guard lock{mutex_};
        return log_;
    }
    std::vector<std::uint64_t> tickets() {
        const std::lock_guard lock{mutex_};
        return tickets_;
    }

private:
    void add(std::string line) {
        const std::lock_guard lock{mutex_};
        log_.push_back(std::move(line));
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> log_;
    std::vector<std::uint64_t> tickets_;
};

class NoEvents final : public WireEvents {
public:
    void on_connected(bool, ServerLimits) override {}
    void on_connect_failed(std::string, ConnectFailure) override {}
    void on_disconnected() override {}
    void on_lost(std::string, bool) override {}
    bool takes(std::size_t) override { return true; }
    void on_arrived(Arrival) override {}
    void on_published(std::uint64_t, Confirmation confirmation) override {
        const std::lock_guard lock{mutex_};
        failures_.push_back(std::move(confirmation.failure));
    }
    void on_subscribed(std::uint64_t, int) override {}
    void on_unsubscribed(std::uint64_t) override {}
    std::vector<std::string> failures() {
        const std::lock_guard lock{mutex_};
        return failures_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> failures_;
};

class EgressTest : public testing::Test {
protected:
    EgressTest() { egress.start(wire); }
    ~EgressTest() override {
        egress.finish(Clock::now());
        egress.join();
    }

    bool publish(std::string topic, int qos, TimePoint deadline = TimePoint::max()) {
        Publication publication;
        publication.topic = std::move(topic);
        publication.qos = qos;
        publication.ticket = last_ticket = egress.ticket(qos);
        publication.deadline = deadline;
        return egress.try_publish(std::move(publication));
    }

    NoEvents events;
    RecordingWire wire;
    Egress egress{events, {8, 1000}};
    std::uint64_t last_ticket = 0;
};

TEST(Window, AdmitsNoMoreThanTheBrokerAndTheLibraryStand) {
    Window window;
    window.open(2);
    window.enter(1);
    EXPECT_TRUE(window.admits(2));
    window.enter(2);
    EXPECT_FALSE(window.admits(1));
    EXPECT_TRUE(window.admits(0));
    window.leave(1);
    EXPECT_TRUE(window.admits(1));

    window.open(65535);
    for (std::size_t i = 0; i < Window::most_acknowledged; ++i)
        window.enter(1);
    EXPECT_FALSE(window.admits(1));
}

TEST_F(EgressTest, RefusesPublicationsWhileClosed) {
    EXPECT_FALSE(publish("a", 0));
}

TEST_F(EgressTest, HoldsBackWhatTheWindowDoesNotAdmitAndKeepsTheOrder) {
    egress.open(2);
    for (const char* topic : {"a", "b", "c", "d"})
        ASSERT_TRUE(publish(topic, 1));
    ASSERT_TRUE(wire.wait_for(2));
    egress.done(wire.tickets().at(0));
    ASSERT_TRUE(wire.wait_for(3));
    egress.done(wire.tickets().at(1));
    ASSERT_TRUE(wire.wait_for(4));
    EXPECT_EQ(wire.log(), (std::vector<std::string>{"publish a", "publish b", "publish c", "publish d"}));
}

TEST_F(EgressTest, CountsInTheWindowWhatTheLibrarySendsAgain) {
    egress.open(1);
    ASSERT_TRUE(publish("before", 1));
    ASSERT_TRUE(wire.wait_for(1));
    egress.close();
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(publish("b", 0));
    egress.done(wire.tickets().at(0));
    ASSERT_TRUE(wire.wait_for(3));
    EXPECT_EQ(wire.log(), (std::vector<std::string>{"publish before", "publish a", "publish b"}));
}

TEST_F(EgressTest, KeepsNoPlaceForWhatIsAcknowledgedBetweenTwoConnections) {
    egress.open(1);
    ASSERT_TRUE(publish("before", 1));
    ASSERT_TRUE(wire.wait_for(1));
    egress.close();
    egress.done(wire.tickets().at(0));
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    EXPECT_TRUE(wire.wait_for(2));
}

TEST_F(EgressTest, TellsWhatWasSentFromWhatWasNotWhenTheConnectionIsGone) {
    egress.open(1);
    ASSERT_TRUE(publish("sent", 1));
    ASSERT_TRUE(wire.wait_for(1));
    ASSERT_TRUE(publish("queued", 1));
    EXPECT_EQ(egress.close(), last_ticket);
}

TEST_F(EgressTest, KeepsNoPlaceForWhatTheLibraryHasForgotten) {
    egress.open(1);
    ASSERT_TRUE(publish("before", 1));
    ASSERT_TRUE(wire.wait_for(1));
    egress.close();
    egress.forget_sent();
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    EXPECT_TRUE(wire.wait_for(2));
}

TEST_F(EgressTest, RequestsAboutTheConnectionOvertakeWhatIsQueued) {
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(publish("b", 1));
    ASSERT_TRUE(wire.wait_for(1));
    egress.control(SubscribeRequest{.filter = "x"});
    ASSERT_TRUE(wire.wait_for(2));
    EXPECT_EQ(wire.log().at(1), "subscribe x");
}

TEST_F(EgressTest, IsBoundedInMessagesAndBytes) {
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(wire.wait_for(1));
    for (int i = 0; i < 8; ++i)
        EXPECT_TRUE(publish("b", 1));
    EXPECT_FALSE(publish("c", 1));
    egress.close();
    egress.open(0);
    EXPECT_FALSE(publish(std::string(1001, 'x'), 1));
}

TEST_F(EgressTest, AfterALostConnectionItsOutcomesFreeNoPlaceInTheNewWindow) {
    egress.open(1);
    ASSERT_TRUE(publish("old", 1));
    ASSERT_TRUE(wire.wait_for(1));
    egress.close();
    egress.forget_sent();
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(publish("b", 1));
    ASSERT_TRUE(wire.wait_for(2));
    egress.done(wire.tickets().at(0));
    egress.control(SubscribeRequest{.filter = "mark"});
    ASSERT_TRUE(wire.wait_for(3));
    EXPECT_EQ(wire.log().at(2), "subscribe mark");
    egress.done(wire.tickets().at(1));
    ASSERT_TRUE(wire.wait_for(4));
    EXPECT_EQ(wire.log().at(3), "publish b");
}

TEST_F(EgressTest, WhatIsHeldDuringAPauseLeavesWhenItIsOpenAgain) {
    egress.open(1);
    ASSERT_TRUE(publish("sent", 1));
    ASSERT_TRUE(wire.wait_for(1));
    ASSERT_TRUE(publish("queued", 1));
    egress.pause();
    ASSERT_TRUE(publish("meanwhile", 1));
    ASSERT_TRUE(wire.wait_for(2));
    EXPECT_GT(egress.first_held(), wire.tickets().at(0));
    egress.open(1);
    egress.done(wire.tickets().at(0));
    ASSERT_TRUE(wire.wait_for(3));
    egress.done(wire.tickets().at(1));
    ASSERT_TRUE(wire.wait_for(4));
    EXPECT_EQ(
        wire.log(),
        (std::vector<std::string>{"publish sent", "disconnect", "publish queued", "publish meanwhile"}));
}

TEST_F(EgressTest, DoesNotSendWhatIsTooLate) {
    egress.open(10);
    ASSERT_TRUE(publish("late", 1, Clock::now() - 1s));
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(wire.wait_for(1));
    EXPECT_EQ(wire.log().at(0), "publish a");
    EXPECT_EQ(events.failures().size(), 1U);
}

TEST_F(EgressTest, FinishSendsWhatIsQueuedThenDisconnects) {
    egress.open(1);
    ASSERT_TRUE(publish("a", 1));
    ASSERT_TRUE(publish("b", 1));
    egress.finish(Clock::now() + patience);
    ASSERT_TRUE(wire.wait_for(1));
    egress.done(wire.tickets().at(0));
    ASSERT_TRUE(wire.wait_for(2));
    egress.done(wire.tickets().at(1));
    egress.join();
    EXPECT_EQ(wire.log().back(), "disconnect");
}

}  // namespace
}  // namespace gateway::mqtt
