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

}  // namespace
}  // namespace happn::test
