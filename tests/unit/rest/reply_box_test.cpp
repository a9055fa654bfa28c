#include "adapters/rest/reply_box.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace rest {
namespace {

class ReplyBoxTest : public testing::Test {
protected:
    boost::asio::io_context io;
    std::shared_ptr<ReplyBox> box = std::make_shared<ReplyBox>(io.get_executor());
};

TEST_F(ReplyBoxTest, ARequestThatIsDroppedUnansweredGets500) {
    { const Respond dropped = box->expect(); }
    ASSERT_TRUE(box->has_reply());
    EXPECT_EQ(box->take().status, 500);
}

TEST_F(ReplyBoxTest, TheFirstReplyCounts) {
    const Respond respond = box->expect();
    HttpReply first, second;
    first.status = 201;
    second.status = 202;
    respond(std::move(first));
    respond(std::move(second));
    EXPECT_EQ(box->take().status, 201);
}

TEST_F(ReplyBoxTest, AReplyToAnEarlierRequestIsIgnored) {
    const Respond earlier = box->expect();
    const Respond later = box->expect();
    earlier({});
    EXPECT_FALSE(box->has_reply());
    later({});
    EXPECT_TRUE(box->has_reply());
}

TEST_F(ReplyBoxTest, AReplyAfterTheConnectionHasGoneIsDropped) {
    const Respond respond = box->expect();
    const std::weak_ptr<ReplyBox> gone = box;
    box.reset();
    EXPECT_TRUE(gone.expired());
    respond({});
}

TEST_F(ReplyBoxTest, AReplyRingsTheBell) {
    const Respond respond = box->expect();
    bool rung = false;
    box->bell().async_wait([&](const boost::system::error_code&) { rung = true; });
    io.poll();
    EXPECT_FALSE(rung);
    respond({});
    io.restart();
    io.poll();
    EXPECT_TRUE(rung);
}

}  // namespace
}  // namespace rest
