// /dead-letters of the admin listener: what it takes, and how it answers.
#include "adapters/admin/dead_letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "adapters/admin/client.hpp"
#include "adapters/admin/server.hpp"

namespace admin {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Result;
using gateway::spool::Deed;
using gateway::spool::Id;
using gateway::spool::Page;
using gateway::spool::Round;
using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// A desk that writes down what it is asked, and a server before it.
class AdminDeadLetters : public testing::Test {
protected:
    DeadLetterDesk desk() {
        DeadLetterDesk desk;
        desk.list = [this](const Page& page) {
            pages.push_back(page);
            return std::optional{answer};
        };
        desk.show = [this](Id id) {
            shown.push_back(id);
            return std::optional{answer};
        };
        desk.go_on = [this](Round round) -> std::optional<Round> {
            if (stalls) return std::nullopt;
            rounds.push_back(round);
            ++round.done;
            round.error = ends_with;
            round.over = rounds.size() == 2;
            return round;
        };
        return desk;
    }

    httplib::Client client(std::optional<DeadLetterDesk> desk, const std::string& token = {}) {
        ServerOptions options;
        options.token = gateway::Secret{token};
        Probes probes;
        probes.dead_letters = std::move(desk);
        server = std::make_unique<Server>(std::move(options), std::move(probes));
        port = server->start().value();
        return httplib::Client{"127.0.0.1", port};
    }
    httplib::Client client() { return client(desk()); }

    static std::string message_of(const httplib::Result& result) {
        return Json::parse(result->body).at("message");
    }

    Result<std::string> answer{std::string{"{}\n"}};
    std::vector<Page> pages;
    std::vector<Id> shown;
    std::vector<Round> rounds;
    std::optional<Error> ends_with;
    bool stalls = false;
    std::unique_ptr<Server> server;
    std::uint16_t port = 0;
};

TEST_F(AdminDeadLetters, AListTakesARouteALimitAndAPlace) {
    auto http = client();
    EXPECT_EQ(http.Get("/dead-letters")->status, 200);
    EXPECT_EQ(http.Get("/dead-letters?route=up&limit=7&after=17-4")->status, 200);
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_EQ(pages[0].most, 100u);
    EXPECT_EQ(pages[0].route, "");
    EXPECT_EQ(pages[1].route, "up");
    EXPECT_EQ(pages[1].most, 7u);
    EXPECT_EQ(pages[1].before.died, 17);
    EXPECT_EQ(pages[1].before.id, 4);
    for (const char* wrong : {"limit=0", "limit=1001", "limit=x", "after=17"})
        EXPECT_EQ(http.Get(std::string{"/dead-letters?"} + wrong)->status, 400) << wrong;
    EXPECT_EQ(pages.size(), 2u);
}

TEST_F(AdminDeadLetters, ALetterIsAskedForByItsId) {
    auto http = client();
    EXPECT_EQ(http.Get("/dead-letters/7")->status, 200);
    EXPECT_THAT(shown, ElementsAre(7));
    answer = Error{Errc::not_found, "dead letter 8 is not in the spool"};
    const auto missing = http.Get("/dead-letters/8");
    EXPECT_EQ(missing->status, 404);
    EXPECT_EQ(message_of(missing), "dead letter 8 is not in the spool");
    EXPECT_EQ(http.Get("/dead-letters/99999999999999999999")->status, 404);
    EXPECT_EQ(http.Get("/dead-letters/x")->status, 404);
}

TEST_F(AdminDeadLetters, LettersAreWorkedOffUntilTheRoundIsOver) {
    auto http = client();
    const auto replayed = http.Post("/dead-letters/replay", R"({"ids":[7,8]})", "application/json");
    EXPECT_EQ(replayed->status, 200);
    EXPECT_EQ(Json::parse(replayed->body).at("replayed"), 2);
    ASSERT_EQ(rounds.size(), 2u);
    EXPECT_EQ(rounds[0].deed, Deed::replay);
    EXPECT_THAT(rounds[0].chosen.ids, ElementsAre(7, 8));
}

TEST_F(AdminDeadLetters, LettersAreChosenInOneOfThreeWays) {
    auto http = client();
    EXPECT_EQ(http.Post("/dead-letters/drop", R"({"route":"up"})", "application/json")->status, 200);
    EXPECT_EQ(rounds.at(0).deed, Deed::drop);
    EXPECT_EQ(rounds.at(0).chosen.route, "up");
    rounds.clear();
    EXPECT_EQ(http.Post("/dead-letters/drop", R"({"all":true})", "application/json; charset=utf-8")->status,
              200);
    EXPECT_TRUE(rounds.at(0).chosen.ids.empty());
    EXPECT_EQ(rounds.at(0).chosen.route, "");
    rounds.clear();
    for (const char* wrong : {"",
                              "{}",
                              "[]",
                              "7",
                              R"({"ids":[]})",
                              R"({"ids":[-1]})",
                              R"({"ids":["7"]})",
                              R"({"ids":[7],"route":"up"})",
                              R"({"route":""})",
                              R"({"all":false})",
                              R"({"every":true})"})
        EXPECT_EQ(http.Post("/dead-letters/drop", wrong, "application/json")->status, 400) << wrong;
    EXPECT_TRUE(rounds.empty());
}

TEST_F(AdminDeadLetters, WhatEndsARoundEarlyIsSaidWithHowFarItCame) {
    auto http = client();
    ends_with = Error{Errc::unavailable, "the store failed: disk full"};
    const auto answered = http.Post("/dead-letters/replay", R"({"all":true})", "application/json");
    EXPECT_EQ(answered->status, 503);
    EXPECT_EQ(message_of(answered), "the store failed: disk full (after 2 letters)");
}

TEST_F(AdminDeadLetters, AShardThatDoesNotAnswerIs503) {
    stalls = true;
    EXPECT_EQ(client().Post("/dead-letters/drop", R"({"all":true})", "application/json")->status, 503);
}

TEST_F(AdminDeadLetters, APageOfAnotherPlaceCanNeitherReadNorChangeThem) {
    auto http = client();
    EXPECT_EQ(http.Post("/dead-letters/drop", R"({"all":true})", "text/plain")->status, 415)
        << "a page may send that without asking";
    const httplib::Headers by_its_own_name{{"Host", "page.example:8081"}};
    EXPECT_EQ(http.Get("/dead-letters", by_its_own_name)->status, 421);
    EXPECT_EQ(http.Post("/dead-letters/drop", by_its_own_name, R"({"all":true})", "application/json")->status,
              421);
    EXPECT_TRUE(rounds.empty());
    EXPECT_EQ(http.Get("/dead-letters", {{"Host", "localhost:8081"}})->status, 200);
}

TEST_F(AdminDeadLetters, ATokenIsAskedForIfThereIsOneWhateverTheName) {
    auto http = client(desk(), "s3cret");
    EXPECT_EQ(http.Get("/dead-letters")->status, 401);
    EXPECT_EQ(http.Post("/dead-letters/drop", R"({"all":true})", "application/json")->status, 401);
    EXPECT_TRUE(rounds.empty());
    EXPECT_EQ(
        http.Get("/dead-letters", {{"Host", "ops.example"}, {"Authorization", "Bearer s3cret"}})->status,
        200);
}

TEST_F(AdminDeadLetters, WithoutASpoolThatIsSaid) {
    auto http = client(std::nullopt);
    EXPECT_EQ(http.Get("/dead-letters/7")->status, 404);
    EXPECT_THAT(message_of(http.Post("/dead-letters/drop", "{}", "application/json")),
                HasSubstr("no 'spool'"));
}

TEST_F(AdminDeadLetters, TheClientSaysWhoIsNotThereAndWhatWasRefusedInTheGatewaysWords) {
    client(desk(), "s3cret");
    const Client without{{"127.0.0.1", port}, {}};
    EXPECT_EQ(without.get("/dead-letters").error().code, 401);
    EXPECT_THAT(without.get("/dead-letters").error().message, HasSubstr("a token is required"));
    const Client with{{"127.0.0.1", port}, gateway::Secret{"s3cret"}};
    EXPECT_EQ(with.get("/dead-letters?route=" + percent_encoded("a&b=c/{d}")).value(), "{}\n");
    EXPECT_EQ(pages.back().route, "a&b=c/{d}");
    server->stop();
    EXPECT_THAT(with.get("/dead-letters").error().message, HasSubstr("127.0.0.1:" + std::to_string(port)));
}

}  // namespace
}  // namespace admin
