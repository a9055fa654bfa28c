#include "config/units.hpp"

#include <gtest/gtest.h>

namespace config {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsAreWholeNumbersWithAUnit) {
    EXPECT_EQ(parse_duration("250ms"), gateway::Duration{250ms});
    EXPECT_EQ(parse_duration("5s"), gateway::Duration{5s});
    EXPECT_EQ(parse_duration("1m"), gateway::Duration{1min});
    EXPECT_EQ(parse_duration("1h"), gateway::Duration{1h});
    EXPECT_EQ(parse_duration("2d"), gateway::Duration{48h});
}

TEST(Units, EverythingElseIsNoDuration) {
    for (const char* text :
         {"", "5", "s", "5 s", "1.5s", "-5s", "+5s", "5S", "5sec", "99999999999999999999s", "999999999d"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(Units, SizesAreWholeNumbersWithABinaryUnit) {
    EXPECT_EQ(parse_size("512B"), 512u);
    EXPECT_EQ(parse_size("64KiB"), 65536u);
    EXPECT_EQ(parse_size("10MiB"), 10u * 1024 * 1024);
    for (const char* text : {"", "64", "64KB", "64 KiB", "0.5MiB", "99999999999GiB"}) {
        EXPECT_EQ(parse_size(text), std::nullopt) << text;
    }
}

TEST(Units, AreWrittenInTheLargestWholeUnit) {
    EXPECT_EQ(duration_text(90s), "90s");
    EXPECT_EQ(duration_text(120s), "2m");
    EXPECT_EQ(duration_text(0s), "0ms");
    EXPECT_EQ(size_text(1536), "1536B");
    EXPECT_EQ(size_text(2048), "2KiB");
}

}  // namespace
}  // namespace config
