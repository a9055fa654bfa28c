#include "adapters/services/verdict.hpp"

#include <gtest/gtest.h>

namespace services {
namespace {

using namespace std::chrono_literals;
using Failure = TransferResult::Failure;

TransferResult answered(int status) {
    TransferResult result;
    result.status = status;
    return result;
}

TransferResult failed(Failure failure) {
    TransferResult result;
    result.failure = failure;
    return result;
}

TEST(Verdict, OnAnAnswerIsByItsStatus) {
    for (const int status : {200, 302, 404, 429, 500, 501})
        EXPECT_EQ(verdict_on(answered(status), 10s, 10s), Verdict::well) << status;
    for (const int status : {502, 503, 504})
        EXPECT_EQ(verdict_on(answered(status), 10s, 10s), Verdict::failing) << status;
}

TEST(Verdict, OnAServiceThatIsNotReachedIsThatItFails) {
    EXPECT_EQ(verdict_on(failed(Failure::unreachable), 1s, 10s), Verdict::failing);
    EXPECT_EQ(verdict_on(failed(Failure::unanswered), 1s, 10s), Verdict::failing);
}

TEST(Verdict, OnSilenceCountsTheTimeThatTheTargetAllows) {
    EXPECT_EQ(verdict_on(failed(Failure::timeout), 10s, 10s), Verdict::failing);
    EXPECT_EQ(verdict_on(failed(Failure::timeout), 9990ms, 10s), Verdict::failing)
        << "some time has gone by before it was sent";
    EXPECT_EQ(verdict_on(failed(Failure::timeout), 2s, 10s), Verdict::unknown)
        << "the caller's own patience is none of the service's business";
}

TEST(Verdict, OnWhatTheGatewayRefusesIsUnknown) {
    EXPECT_EQ(verdict_on(failed(Failure::too_large), 10s, 10s), Verdict::unknown);
    EXPECT_EQ(verdict_on(failed(Failure::private_address), 10s, 10s), Verdict::unknown);
}

}  // namespace
}  // namespace services
