// One two-way route between topics and paths, without connections: what is carried, and what is compared.
#include "gateway/sync/pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "gateway/dispatcher.hpp"
#include "table_builder.hpp"

namespace gateway::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Carries payloads as they are, and does what the test says.
class FakeHost final : public Host {
public:
    struct Carried {
        std::string what;  // "lights.a_to_b 1=on"
        std::function<void()> done;
    };

    void bring_kept(const Route& half, KeptReader reader) override {
        readers[half.from_b ? End::b : End::a] = std::move(reader);
    }
    Rendered render(const Route& half, const Captures& captures, const Message& message) override {
        Rendered rendered;
        rendered.output.emplace();
        rendered.output->address = (half.from_b ? "lights/" : "/lights/") + captures.front();
        rendered.output->payload = message.payload;
        rendered.output->action = message.action;
        if (const auto found = newest.find(std::string{message.payload.bytes.view()}); found != newest.end())
            rendered.newest = Value::integer(found->second);
        return rendered;
    }
    void carry(const Route& half, Captures captures, Message message, std::function<void()> done) override {
        const std::string value =
            message.action == Action::remove ? "removed at " + message.address : message.payload.bytes.str();
        carried.push_back({half.name + " " + captures.front() + "=" + value, std::move(done)});
        if (on_carry) on_carry(half, captures, message);
    }
    void count(std::string_view what, std::uint64_t n) override { counted[std::string{what}] += n; }
    void say(const std::string& warning) override { said.push_back(warning); }

    std::vector<std::string> carried_so_far() const {
        std::vector<std::string> all;
        for (const Carried& one : carried)
            all.push_back(one.what);
        return all;
    }

    std::map<End, KeptReader> readers;
    std::vector<Carried> carried;
    std::function<void(const Route&, const Captures&, const Message&)> on_carry;
    std::map<std::string, int> newest;
    std::map<std::string, std::uint64_t> counted;
    std::vector<std::string> said;
};

Message topic(const std::string& id, const std::string& value) {
    Message message = mqtt_message("lights/" + id, value);
    if (value.empty()) message.action = Action::remove;
    return message;
}

Message path(const std::string& id, const std::string& value) {
    Message message = happn_message("/lights/" + id, value);
    if (value.empty()) message.action = Action::remove;
    return message;
}

class SyncPair : public testing::Test {
protected:
    void use(std::optional<Resync> resync = Resync{}, std::size_t max_values = 100) {
        Route a_to_b = mqtt_to_happn("lights.a_to_b", "lights/{id}", "/lights/{id}");
        Route b_to_a = happn_to_mqtt("lights.b_to_a", "/lights/{id}", "lights/{id}");
        b_to_a.from_b = true;
        for (Route* half : {&a_to_b, &b_to_a}) {
            half->sync_pair = "lights";
            half->resync = resync;
        }
        table = table_of({std::move(a_to_b), std::move(b_to_a)});
        pair = std::make_shared<Pair>(host, max_values);
        pair->bind(table, table->routes()[0], table->routes()[1]);
    }
    const Route& half(End from) const { return table->routes()[from == End::a ? 0 : 1]; }

    std::optional<Carry> arrive(End from,
                                const std::string& id,
                                const std::string& value,
                                bool unmarked = false) {
        Message message = from == End::a ? topic(id, value) : path(id, value);
        if (from == End::a) std::get<MqttProperties>(message.properties).unmarked = unmarked;
        auto carry = pair->arrive(half(from), {id}, message);
        if (!carry) return carry;
        Output output;
        output.payload = message.payload;
        output.action = message.action;
        pair->sent(*carry, output);
        return carry;
    }
    void deliver(End from, const std::string& id, const std::string& value) {
        pair->ended(arrive(from, id, value).value(), true);
    }
    void fail(End from, const std::string& id, const std::string& value) {
        pair->ended(arrive(from, id, value).value(), false);
    }
    bool is_the_same(const std::string& id, const std::string& value) {
        const auto carry = arrive(End::a, id, value, true);
        if (carry) pair->ended(*carry, true);
        return !carry;
    }

    using Values = std::map<std::string, std::string>;
    void a_holds(const Values& values) {
        for (const auto& [id, value] : values)
            host.readers.at(End::a).on_kept(topic(id, value));
        host.readers.at(End::a).on_end(std::nullopt);
    }
    void b_holds(const Values& values) {
        for (const auto& [id, value] : values)
            host.readers.at(End::b).on_kept(path(id, value));
        host.readers.at(End::b).on_end(std::nullopt);
    }
    void compare(const Values& at_a, const Values& at_b) {
        pair->start();
        a_holds(at_a);
        b_holds(at_b);
    }

    FakeHost host;
    std::shared_ptr<const RoutingTable> table;
    std::shared_ptr<Pair> pair;
};

// --- by value

TEST_F(SyncPair, WhatBothEndsHoldIsNothingNewWhereNoMarkCouldSayWhoseItIs) {
    use(std::nullopt);
    EXPECT_FALSE(is_the_same("1", "on"));
    EXPECT_TRUE(is_the_same("1", "on"));
    EXPECT_FALSE(is_the_same("1", "off"));
    EXPECT_FALSE(is_the_same("1", "on"));
    EXPECT_FALSE(is_the_same("2", "on"));
}

TEST_F(SyncPair, WhatWasSentToAnEndIsNothingNewThere) {
    use(std::nullopt);
    deliver(End::b, "1", "1");
    EXPECT_TRUE(is_the_same("1", "1"));
    deliver(End::b, "1", "");
    EXPECT_TRUE(is_the_same("1", "")) << "a remove is a value like any other";
}

TEST_F(SyncPair, AMarkedMessageIsCarriedHoweverOftenItComes) {
    use(std::nullopt);
    deliver(End::a, "1", "on");
    deliver(End::a, "1", "on");
}

TEST_F(SyncPair, WhatDidNotArriveMayComeAgain) {
    use(std::nullopt);
    fail(End::a, "1", "on");
    EXPECT_FALSE(is_the_same("1", "on"));
}

TEST_F(SyncPair, WhatIsOvertakenDoesNotHideWhatComesBackToIt) {
    use(std::nullopt);
    const auto on = arrive(End::a, "1", "on", true);
    const auto off = arrive(End::a, "1", "off", true);
    ASSERT_TRUE(on && off);
    EXPECT_TRUE(arrive(End::a, "1", "on", true)) << "'off' is under way";
    EXPECT_FALSE(arrive(End::a, "1", "on", true));
}

TEST_F(SyncPair, AfterALossNothingIsKnown) {
    use(std::nullopt);
    EXPECT_FALSE(is_the_same("1", "on"));
    pair->lost();
    EXPECT_FALSE(is_the_same("1", "on"));
}

// --- after a gap

TEST_F(SyncPair, ComparesNothingUnlessTheRouteSaysSo) {
    use(std::nullopt);
    pair->start();
    EXPECT_TRUE(host.readers.empty());
}

TEST_F(SyncPair, BringsEachEndWhatItMisses) {
    use();
    compare({{"1", "1"}, {"2", "2"}}, {{"2", "2"}, {"3", "3"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=1", "lights.b_to_a 3=3"));
    EXPECT_EQ(host.counted["sync_compared"], 3U);
}

TEST_F(SyncPair, TheSameJsonValueIsTheSameHoweverItIsWritten) {
    use(Resync{.prefer = Prefer::a});
    compare({{"1", R"({"t": 1.50, "on": true})"}}, {{"1", R"({"on":true,"t":1.5})"}});
    EXPECT_THAT(host.carried_so_far(), IsEmpty());
}

TEST_F(SyncPair, TheEndThatIsPreferredWins) {
    use(Resync{.prefer = Prefer::b});
    compare({{"1", "1"}}, {{"1", "2"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.b_to_a 1=2"));
}

TEST_F(SyncPair, TheGreaterNewestByWins) {
    use(Resync{.newest_by = Template::parse("{payload}", {}).value()});
    host.newest = {{"1", 100}, {"2", 99}};
    compare({{"1", "1"}}, {{"1", "2"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=1"));
}

TEST_F(SyncPair, WhoHasChangedInTheGapIsTheNewerOne) {
    use();
    deliver(End::a, "1", "1");
    deliver(End::a, "2", "1");
    deliver(End::a, "3", "1");
    pair->lost();
    compare({{"1", "5"}, {"2", "1"}, {"3", "5"}}, {{"1", "1"}, {"2", "6"}, {"3", "6"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=5", "lights.b_to_a 2=6"))
        << "3 has changed at both ends: nobody knows";
    EXPECT_EQ(host.counted["sync_undecided"], 1U);
}

TEST_F(SyncPair, WhatFailedInTheGapIsNewer) {
    use();
    deliver(End::a, "1", "1");
    pair->lost();
    fail(End::a, "1", "2");
    compare({{"1", "2"}}, {{"1", "1"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=2"));
}

TEST_F(SyncPair, ARemoveThatWasSeenInTheGapIsCarried) {
    use();
    deliver(End::a, "1", "1");
    pair->lost();
    fail(End::b, "1", "");
    compare({{"1", "1"}}, {});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.b_to_a 1=removed at /lights/1"));
}

TEST_F(SyncPair, ARemoveThatNobodySawIsNone) {
    use();
    deliver(End::a, "1", "1");
    pair->lost();
    compare({{"1", "1"}}, {});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=1"));
}

TEST_F(SyncPair, AValueThatChangedAfterTheRemoveOfTheOtherEndStays) {
    use();
    deliver(End::a, "1", "1");
    pair->lost();
    fail(End::b, "1", "");
    compare({{"1", "2"}}, {});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=2"));
}

TEST_F(SyncPair, AMessageThatComesWhileBothAreReadWinsOverWhatIsRead) {
    use(Resync{.prefer = Prefer::b});
    pair->start();
    a_holds({{"1", "1"}, {"2", "1"}});
    deliver(End::a, "1", "9");
    b_holds({{"1", "2"}, {"2", "2"}});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.b_to_a 2=2"));
}

TEST_F(SyncPair, AMessageThatWasUnderWayBeforeWinsOverWhatIsRead) {
    use(Resync{.prefer = Prefer::b});
    const auto under_way = arrive(End::a, "1", "9");
    pair->start();
    a_holds({{"1", "9"}});
    b_holds({{"1", "2"}});
    EXPECT_THAT(host.carried_so_far(), IsEmpty());
    pair->ended(*under_way, true);
}

TEST_F(SyncPair, CarriesAFewAtATimeAndLeavesOutWhatChangesMeanwhile) {
    use(Resync{}, 1000);
    Values many;
    for (std::size_t i = 0; i < Pair::most_at_once + 2; ++i)
        many[std::to_string(1000 + i)] = "1";
    compare(many, {});
    EXPECT_EQ(host.carried.size(), Pair::most_at_once);
    const std::string next = std::to_string(1000 + Pair::most_at_once);
    deliver(End::a, next, "2");
    host.carried.front().done();
    EXPECT_EQ(host.carried.size(), Pair::most_at_once + 1);
    EXPECT_EQ(host.carried.back().what,
              "lights.a_to_b " + std::to_string(1000 + Pair::most_at_once + 1) + "=1");
    EXPECT_TRUE(pair->is_due());
    for (std::size_t i = 1; i < host.carried.size(); ++i)
        host.carried[i].done();
    EXPECT_FALSE(pair->is_due());
}

TEST_F(SyncPair, ComparesOnceMoreWhenSomethingHasCrossed) {
    use(Resync{.prefer = Prefer::a});
    compare({{"1", "1"}}, {{"1", "2"}});
    host.readers.clear();
    deliver(End::b, "1", "3");
    host.carried.at(0).done();
    EXPECT_EQ(host.readers.size(), 2U);
}

TEST_F(SyncPair, IsNotComparedAgainWithoutAGap) {
    use();
    compare({{"1", "1"}}, {{"1", "1"}});
    host.readers.clear();
    pair->start();
    EXPECT_TRUE(host.readers.empty());
}

TEST_F(SyncPair, ALossEndsAComparisonAndWhatIsStillReadDoesNotCount) {
    use();
    pair->start();
    const auto before = host.readers;
    pair->lost();
    before.at(End::a).on_kept(topic("1", "1"));
    before.at(End::a).on_end(std::nullopt);
    before.at(End::b).on_end(std::nullopt);
    EXPECT_THAT(host.carried_so_far(), IsEmpty());
    compare({{"1", "1"}}, {});
    EXPECT_THAT(host.carried_so_far(), ElementsAre("lights.a_to_b 1=1"));
}

TEST_F(SyncPair, ChangesNothingIfThereIsMoreThanTheLimit) {
    use(Resync{}, 2);
    compare({{"1", "1"}, {"2", "2"}}, {{"3", "3"}});
    EXPECT_THAT(host.carried_so_far(), IsEmpty());
    EXPECT_EQ(host.counted["sync_given_up"], 1U);
    EXPECT_THAT(host.said, ElementsAre(testing::HasSubstr("limits.sync_values")));
    EXPECT_FALSE(is_the_same("1", "1"));
    EXPECT_TRUE(is_the_same("1", "1")) << "what comes from now on is known all the same";
}

TEST_F(SyncPair, ChangesNothingIfAnEndCannotBeRead) {
    use();
    pair->start();
    a_holds({{"1", "1"}});
    host.readers.at(End::b).on_end(Error{Errc::timeout, "no answer"});
    EXPECT_THAT(host.carried_so_far(), IsEmpty());
    EXPECT_TRUE(pair->is_due());
}

}  // namespace
}  // namespace gateway::sync
