// Files of the spool that something has written into: nothing crashes, nothing is deleted, and the gateway
// goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/unit/spool/one_run.hpp"

namespace gateway::spool {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

constexpr int messages = 200;

std::string bytes_of(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void overwrite(const fs::path& file, std::size_t offset, std::size_t size) {
    std::fstream out{file, std::ios::binary | std::ios::in | std::ios::out};
    out.seekp(static_cast<std::streamoff>(offset));
    out << std::string(size, '\x5a');
}

class DamagedSpool : public testing::Test {
protected:
    fs::path file() const { return directory_.path() / "messages.sqlite"; }
    fs::path log() const { return file().string() + "-wal"; }

    std::unique_ptr<SpoolFile> open() const {
        auto spool = SpoolFile::open(file().string(), {});
        EXPECT_FALSE(spool.has_error()) << spool.error().message;
        return *std::move(spool);
    }

    void keep(SpoolFile& spool, std::size_t size = 500) const {
        Message message = mqtt_message("rooms/1", std::string(size, 'x'));
        const auto id = spool.keep(message, wall_now()).value();
        Delivery delivery;
        delivery.route = "store";
        delivery.key = "rooms/1";
        spool.route(id, {delivery}).value();
    }

    /// A file as a gateway leaves it that stops.
    void fill() const {
        const auto spool = open();
        for (int i = 0; i < messages; ++i)
            keep(*spool);
    }

    /// A file and its log as a gateway leaves them that is killed.
    void fill_and_die() const {
        const auto spool = open();
        for (int i = 0; i < messages; ++i)
            keep(*spool);
        fs::copy_file(file(), directory_.path() / "copy");
        fs::copy_file(log(), directory_.path() / "copy-wal");
    }
    void put_back_the_copy() const {
        fs::rename(directory_.path() / "copy", file());
        fs::rename(directory_.path() / "copy-wal", log());
    }

    std::vector<fs::path> set_aside() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{directory_.path()}) {
            if (entry.path().filename().string().find(".corrupt-") != std::string::npos)
                found.push_back(entry.path());
        }
        return found;
    }

    /// It works as a new one does.
    void expect_to_work(SpoolFile& spool) const {
        const auto before = spool.usage().messages;
        keep(spool);
        EXPECT_EQ(spool.usage().messages, before + 1);
        EXPECT_THAT(spool.damage(), IsEmpty());
    }

    support::TemporaryDirectory directory_;
};

TEST_F(DamagedSpool, IsSetAsideAsItIsWhereverItIsDamagedAndANewOneIsBegun) {
    fill();
    const std::string whole = bytes_of(file());
    ASSERT_GT(whole.size(), 30u * 4096);
    int noticed = 0;
    for (std::size_t offset = 0; offset < whole.size(); offset += 4096) {
        std::ofstream{file(), std::ios::binary | std::ios::trunc} << whole;
        overwrite(file(), offset, 64);
        const std::string damaged = bytes_of(file());
        const auto spool = open();
        if (const auto aside = set_aside(); !aside.empty()) {
            ++noticed;
            EXPECT_THAT(spool->set_aside(), HasSubstr(aside.at(0).filename().string()));
            EXPECT_EQ(bytes_of(aside.at(0)), damaged) << "nothing of it is lost";
            EXPECT_EQ(spool->usage().messages, 0u);
            fs::remove(aside.at(0));
        }
        expect_to_work(*spool);
    }
    EXPECT_GT(noticed, static_cast<int>(whole.size() / 4096 * 9 / 10)) << "each page begins with what it is";
}

TEST_F(DamagedSpool, IsSetAsideWhereverItHasBeenCutOff) {
    fill();
    const std::string whole = bytes_of(file());
    for (const std::size_t size :
         {std::size_t{512}, std::size_t{4096}, whole.size() / 2, whole.size() - 4096}) {
        std::ofstream{file(), std::ios::binary | std::ios::trunc} << whole.substr(0, size);
        const auto spool = open();
        ASSERT_EQ(set_aside().size(), 1u) << size;
        EXPECT_EQ(bytes_of(set_aside().at(0)).size(), size);
        expect_to_work(*spool);
        fs::remove(set_aside().at(0));
    }
}

TEST_F(DamagedSpool, ALogThatIsGarbageIsSetAsideAndWhatIsInTheFileStays) {
    fill();
    std::ofstream{log(), std::ios::binary} << std::string(10'000, '\x5a');
    const auto spool = open();
    EXPECT_THAT(spool->set_aside(), HasSubstr("the header of the write-ahead log is damaged"));
    ASSERT_EQ(set_aside().size(), 1u);
    EXPECT_EQ(bytes_of(set_aside().at(0)), std::string(10'000, '\x5a'));
    EXPECT_EQ(spool->open_deliveries().value().size(), static_cast<std::size_t>(messages));
    expect_to_work(*spool);
}

TEST_F(DamagedSpool, ALogOfAGatewayThatWasKilledIsWholeAndTaken) {
    fill_and_die();
    put_back_the_copy();
    const auto spool = open();
    EXPECT_THAT(spool->set_aside(), IsEmpty());
    EXPECT_EQ(spool->open_deliveries().value().size(), static_cast<std::size_t>(messages));
}

TEST_F(DamagedSpool, OfALogThatIsDamagedFurtherOnWhatIsBeforeThatIsTaken) {
    fill_and_die();
    put_back_the_copy();
    overwrite(log(), fs::file_size(log()) / 2, 64);
    const auto spool = open();
    const auto left = spool->open_deliveries().value().size();
    EXPECT_GT(left, 0u);
    EXPECT_LT(left, static_cast<std::size_t>(messages));
    expect_to_work(*spool);
}

TEST_F(DamagedSpool, OneAfterTheOtherIsSetAside) {
    for (int i = 0; i < 3; ++i) {
        fill();
        overwrite(file(), 0, 64);
        expect_to_work(*open());
    }
    EXPECT_EQ(set_aside().size(), 3u);
}

TEST_F(DamagedSpool, OfALaterVersionIsNoneAndIsRefused) {
    fill();
    {
        auto connection = sqlite::Connection::open(file().string(), std::chrono::milliseconds{20}).value();
        ASSERT_FALSE(connection.run("PRAGMA user_version = 99").has_error());
    }
    const auto refused = SpoolFile::open(file().string(), {});
    EXPECT_THAT(refused.error().message, HasSubstr("made by a later version of happn-gateway"));
    EXPECT_THAT(set_aside(), IsEmpty());
}

TEST_F(DamagedSpool, OfAnotherProgramIsNoneAndIsRefused) {
    {
        auto connection = sqlite::Connection::open(file().string(), std::chrono::milliseconds{20}).value();
        ASSERT_FALSE(connection.run("CREATE TABLE theirs (a)").has_error());
    }
    EXPECT_THAT(SpoolFile::open(file().string(), {}).error().message, HasSubstr("of another program"));
    EXPECT_THAT(set_aside(), IsEmpty());
}

/// More than SQLite keeps in memory of it.
class DamagedWhileUsed : public DamagedSpool {
protected:
    void fill_beyond_memory() const {
        const auto spool = open();
        for (int i = 0; i < 40; ++i)
            keep(*spool, std::size_t{1} << 20U);
    }
    void damage_all_but_the_beginning() const { overwrite(file(), 4096, fs::file_size(file()) - 4096); }
};

TEST_F(DamagedWhileUsed, NothingNewIsPutIntoItAndItIsSetAsideAtTheNextStart) {
    fill_beyond_memory();
    {
        const auto spool = open();
        const auto deliveries = spool->open_deliveries().value();
        damage_all_but_the_beginning();
        const auto is_unreadable = [&](const Delivery& delivery) {
            const auto begun = spool->begin_attempt(delivery.id);
            return begun.has_error() && begun.error().errc == Errc::unavailable;
        };
        EXPECT_TRUE(std::ranges::any_of(deliveries, is_unreadable));
        EXPECT_THAT(spool->damage(), Not(IsEmpty()));
        EXPECT_TRUE(spool->nearly_full()) << "sources had better hold back";
        EXPECT_EQ(spool->keep(mqtt_message("rooms/1", "1"), 0).error().errc, Errc::unavailable);
        EXPECT_TRUE(spool->probe().has_error()) << "it does not become whole by itself";
    }
    expect_to_work(*open());
    EXPECT_EQ(set_aside().size(), 1u);
}

TEST_F(DamagedWhileUsed, WhatArrivesIsKeptInMemoryAndDelivered) {
    fill_beyond_memory();
    OneRun run{file().string()};
    damage_all_but_the_beginning();
    run.use({guaranteed()});
    run.spool.recover();
    EXPECT_THAT(run.spool.failing(), HasSubstr("malformed"));
    run.receive("rooms/2", "2");
    EXPECT_EQ(run.attempts().back(), "2");
    run.answer(run.attempts().size() - 1);
    EXPECT_EQ(run.outcomes(Fate::delivered), 1u);
    run.spool.look();
    EXPECT_THAT(run.spool.failing(), HasSubstr("malformed")) << "for good";
}

}  // namespace
}  // namespace gateway::spool
