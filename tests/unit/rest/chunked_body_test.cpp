#include "adapters/rest/chunked_body.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rest {
namespace {

using Verdict = ChunkedBody::Verdict;

struct Taken {
    Verdict verdict = Verdict::incomplete;
    std::string body;
    std::string left;
};

Taken take(std::string_view bytes, std::size_t limit = 1000) {
    ChunkedBody chunks{limit};
    Taken taken;
    taken.verdict = chunks.take(bytes, taken.body);
    taken.left = bytes;
    return taken;
}

TEST(ChunkedBody, IsWhatItsChunksCarryHoweverItIsSliced) {
    const std::string bytes = "5\r\nhello\r\n00006 ; a=\"b;c\"\r\n world\r\n0;x\r\nA: b\r\nC:\r\n\r\n";
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        ChunkedBody chunks{11};
        std::string body;
        std::string_view first{bytes.data(), at}, second{bytes.data() + at, bytes.size() - at};
        const Verdict half = chunks.take(first, body);
        EXPECT_EQ(half, second.empty() ? Verdict::complete : Verdict::incomplete) << at;
        const Verdict whole = second.empty() ? half : chunks.take(second, body);
        EXPECT_EQ(whole, Verdict::complete) << at;
        EXPECT_EQ(body, "hello world");
    }
}

TEST(ChunkedBody, EndsWhereItsTrailersDo) {
    const Taken taken = take("1\r\nx\r\n0\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n");
    EXPECT_EQ(taken.verdict, Verdict::complete);
    EXPECT_EQ(taken.body, "x");
    EXPECT_EQ(taken.left, "GET / HTTP/1.1\r\n");
}

TEST(ChunkedBody, MayHaveTrailersThatWouldMeanSomethingInAHead) {
    for (const char* trailer : {"Content-Length: 99", "Transfer-Encoding: chunked", "Connection: close"})
        EXPECT_EQ(take("0\r\n" + std::string{trailer} + "\r\n\r\n").verdict, Verdict::complete) << trailer;
}

TEST(ChunkedBody, IsMalformedWhereItCouldBeReadInTwoWays) {
    using namespace std::string_literals;
    const std::vector<std::string> all{"\r\n",
                                       "x\r\n",
                                       "+1\r\n",
                                       "-1\r\n",
                                       "0x1\r\n",
                                       " 1\r\n",
                                       "1 \r\n",
                                       "1 1\r\n",
                                       "1\n",
                                       "1\rx",
                                       "1;a\n",
                                       "1;a\rb",
                                       "1;\x01\r\n",
                                       "1\r\nx\n",
                                       "1\r\nxy",
                                       "1\r\nx\ry",
                                       "ffffffffffffffff0",
                                       "0\r\n\n",
                                       "0\r\nA: b\n",
                                       "0\r\nA: b\r\n c\r\n\r\n",
                                       "0\r\n\tA: b\r\n",
                                       "0\r\nA b: c\r\n",
                                       "0\r\n: c\r\n",
                                       "0\r\nA\r\n",
                                       "0\r\nA: b\0c\r\n"s,
                                       "0\r\nA : b\r\n"};
    for (const std::string& bytes : all)
        EXPECT_EQ(take(bytes).verdict, Verdict::malformed) << bytes;
}

TEST(ChunkedBody, CarriesNoMoreThanItMay) {
    EXPECT_EQ(take("3\r\n", 3).verdict, Verdict::incomplete);
    EXPECT_EQ(take("4\r\n", 3).verdict, Verdict::too_large);
    EXPECT_EQ(take("2\r\nab\r\n2\r\n", 3).verdict, Verdict::too_large);
    EXPECT_EQ(take("ffffffffffffffff\r\n", 3).verdict, Verdict::too_large);
}

TEST(ChunkedBody, HasNoMoreAroundItThanMakesSense) {
    EXPECT_EQ(take("1;" + std::string(100'000, 'x')).verdict, Verdict::too_much_around);
    EXPECT_EQ(take("0\r\nA: " + std::string(100'000, 'x')).verdict, Verdict::too_much_around);
    EXPECT_EQ(take(std::string(100'000, '0')).verdict, Verdict::too_much_around);
    std::string small;
    for (int i = 0; i < 100'000; ++i)
        small += "1\r\nx\r\n";
    EXPECT_EQ(take(small, 100'000).verdict, Verdict::incomplete) << "chunks of one byte are as they are";
}

}  // namespace
}  // namespace rest
