#include "adapters/happn/description_reader.hpp"

#include <gtest/gtest.h>

#include "tests/unit/happn/conversation.hpp"

namespace happn::test {
namespace {

class DescriptionReading : public testing::Test {
protected:
    DescriptionReading() {
        mesh.join();
        reader.on_ready(mesh.now);
    }

    json asked() {
        const auto get = mesh.expect("get");
        EXPECT_EQ(get["path"], "/mesh/schema/description");
        return get;
    }

    void pass(gateway::Duration time) {
        mesh.pass(time);
        reader.on_tick(mesh.now);
    }

    const json description{{"name", "TestNode"},
                           {"components", {{"c", {{"methods", {{"m", json::object()}}}}}}}};
    Conversation mesh;
    DescriptionReader reader{
        [this](const SessionFsm::Ask& ask, gateway::TimePoint deadline, SessionFsm::OnAnswer done) {
            mesh.fsm.ask(ask, deadline, std::move(done));
        },
        10s};
};

TEST_F(DescriptionReading, IsDoneWhenTheMeshHasAnswered) {
    EXPECT_FALSE(reader.missing().empty());
    mesh.reply(asked(), description);
    EXPECT_EQ(reader.missing(), "");
    ASSERT_TRUE(reader.description());
    EXPECT_FALSE(reader.next_deadline());
}

TEST_F(DescriptionReading, ANullOrARefusalIsAskedAgainAfterAPause) {
    mesh.reply(asked(), nullptr);
    EXPECT_EQ(reader.missing(), "waiting for the mesh's description: the mesh has none");
    pass(DescriptionReader::pause - 1ms);
    EXPECT_TRUE(mesh.port.sent.empty());
    pass(1ms);
    mesh.reply_error(asked(), {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}});
    EXPECT_EQ(reader.missing(), "waiting for the mesh's description: unauthorized");
    pass(DescriptionReader::pause);
    mesh.reply(asked(), description);
    EXPECT_EQ(reader.missing(), "");
}

TEST_F(DescriptionReading, AServerThatHasNoneEachTimeIsAMeshWithoutComponents) {
    for (int i = 0; i < DescriptionReader::tries; ++i) {
        EXPECT_FALSE(reader.missing().empty());
        mesh.reply(asked(), nullptr);
        pass(DescriptionReader::pause);
    }
    EXPECT_EQ(reader.missing(), "");
    ASSERT_TRUE(reader.description());
    EXPECT_TRUE(reader.description()->components.empty());
    EXPECT_FALSE(reader.next_deadline());
    reader.take(description.dump());
    EXPECT_EQ(reader.description()->components.size(), 1U);
}

TEST_F(DescriptionReading, SilenceIsAskedAgainToo) {
    asked();
    pass(10s);
    EXPECT_FALSE(reader.missing().empty());
    pass(DescriptionReader::pause);
    asked();
}

TEST_F(DescriptionReading, APublishedDescriptionServesAsWell) {
    mesh.reply(asked(), nullptr);
    reader.take(description.dump());
    EXPECT_EQ(reader.missing(), "");
    EXPECT_FALSE(reader.next_deadline());
}

TEST_F(DescriptionReading, ANewSessionReadsItAnewAndKeepsTheOldOneMeanwhile) {
    mesh.reply(asked(), description);
    reader.on_closed();
    EXPECT_FALSE(reader.missing().empty());
    EXPECT_TRUE(reader.description());
    reader.on_ready(mesh.now);
    asked();
}

// --- read once more ------------------------------------------------------------------------------

/// Asks for it, and knows what became of that.
struct Refresh {
    Refresh(DescriptionReader& reader, gateway::TimePoint deadline) {
        reader.refresh(deadline, [this](std::optional<gateway::Error> why) {
            ++times;
            error = std::move(why);
        });
    }
    Refresh(const Refresh&) = delete;
    Refresh& operator=(const Refresh&) = delete;
    int times = 0;
    std::optional<gateway::Error> error;
};

class DescriptionRefreshing : public DescriptionReading {
protected:
    DescriptionRefreshing() { mesh.reply(asked(), description); }
    const json refusal{{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}};
};

TEST_F(DescriptionRefreshing, AllWhoAskMeanwhileShareTheNextRead) {
    const Refresh first{reader, mesh.now + 2s};
    const auto get = asked();
    const Refresh second{reader, mesh.now + 3s};
    const Refresh third{reader, mesh.now + 3s};
    EXPECT_TRUE(mesh.port.sent.empty());
    mesh.reply(get, description);
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(second.times, 0) << "what it asks about may be newer than that read";
    mesh.reply(asked(), description);
    EXPECT_EQ(second.times + third.times, 2);
    EXPECT_FALSE(second.error);
    EXPECT_TRUE(mesh.port.sent.empty());
}

TEST_F(DescriptionRefreshing, ASilentMeshIsNoAnswer) {
    const Refresh refresh{reader, mesh.now + 2s};
    pass(2s);
    EXPECT_EQ(refresh.times, 1);
    EXPECT_EQ(refresh.error.value().errc, gateway::Errc::timeout);
}

TEST_F(DescriptionRefreshing, ARefusalIsAnAnswer) {
    const Refresh refresh{reader, mesh.now + 2s};
    mesh.reply_error(asked(), refusal);
    EXPECT_EQ(refresh.times, 1);
    EXPECT_FALSE(refresh.error);
}

TEST_F(DescriptionRefreshing, NobodyWaitsLongerThanHisOwnDeadline) {
    const Refresh first{reader, mesh.now + 2s};
    const Refresh second{reader, mesh.now + 3s};
    const Refresh third{reader, mesh.now + 4s};
    pass(2s);
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(second.times, 0);
    pass(1s);
    EXPECT_EQ(second.times, 1);
    EXPECT_EQ(third.times, 0);
    pass(1s);
    EXPECT_EQ(third.times, 1);
    EXPECT_EQ(third.error.value().errc, gateway::Errc::timeout);
}

TEST_F(DescriptionRefreshing, WhoHasLessTimeThanTheReadUnderWayHasOneOfItsOwn) {
    const Refresh patient{reader, mesh.now + 10s};
    const Refresh hasty{reader, mesh.now + 1s};
    pass(1s);
    EXPECT_EQ(hasty.times, 1);
    EXPECT_EQ(patient.times, 0);
    mesh.reply(asked(), description);
    EXPECT_EQ(patient.times, 1);
    EXPECT_FALSE(patient.error);
}

TEST_F(DescriptionRefreshing, TheEndOfTheSessionEndsIt) {
    const Refresh first{reader, mesh.now + 2s};
    const Refresh second{reader, mesh.now + 2s};
    mesh.cut();
    EXPECT_EQ(first.times, 1);
    EXPECT_EQ(second.times, 1);
    EXPECT_EQ(second.error.value().errc, gateway::Errc::unavailable);
}

}  // namespace
}  // namespace happn::test
