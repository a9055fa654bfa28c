// Guesses at passwords and tokens of real secure meshes: they slow down who guesses, by address and by user,
// and nobody else. Clients have addresses of their own in 127.0.0.0/8.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/integration/end_to_end.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* who_route = R"(
version: 1
routes:
  who:
    from: { http: "GET /who/{value:slug}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1, "{value}"] }
)";

constexpr int free_guesses_of_an_address = 10;
constexpr int free_guesses_at_a_user = 20;
constexpr int most_guesses = 200;  // more than a slow machine is given for free while it guesses

class Guessing : public testing::TestWithParam<const char*> {
protected:
    explicit Guessing(bool mesh_locks_accounts = false)
        : mesh{{.generation = GetParam(), .secure = true, .locks_accounts = mesh_locks_accounts}} {}

    httplib::Client from(const std::string& address) const {
        auto client = gateway.http();
        client.set_interface(address);
        return client;
    }
    httplib::Result log_in(const std::string& address,
                           const std::string& user,
                           const std::string& password) const {
        const json body{{"username", user}, {"password", password}};
        return from(address).Post("/rest/login", body.dump(), "application/json");
    }
    int status_of_login(const std::string& address,
                        const std::string& user,
                        const std::string& password = "pw") const {
        const auto answer = log_in(address, user, password);
        return answer ? answer->status : 0;
    }
    std::string token_of(const std::string& address, const std::string& user) const {
        const auto answer = log_in(address, user, "pw");
        if (!answer || answer->status != 200) throw WaitFailed("no token for " + user);
        return json::parse(answer->body)["data"]["token"];
    }
    httplib::Result call(const std::string& address, const std::string& token) const {
        return from(address).Post("/rest/method/componentName/strMethod",
                                  {{"Authorization", "Bearer " + token}},
                                  "{}",
                                  "application/json");
    }
    httplib::Result who(const std::string& address, const std::string& token) const {
        return from(address).Get("/who/5", {{"Authorization", "Bearer " + token}});
    }

    /// How many guesses the mesh has refused when one is not made any more.
    static int guesses_until_refused_unasked(const std::function<httplib::Result(int)>& guess,
                                             int refused_by_the_mesh) {
        for (int number = 0; number < most_guesses; ++number) {
            const auto answer = guess(number);
            if (!answer) throw WaitFailed("no answer to a guess");
            if (answer->status == 429) {
                EXPECT_GE(std::stoi(answer->get_header_value("Retry-After")), 1);
                return number;
            }
            EXPECT_EQ(answer->status, refused_by_the_mesh) << answer->body;
        }
        return most_guesses;
    }
    static void expect_slowed(int guesses, int free) {
        EXPECT_GE(guesses, free);
        EXPECT_LT(guesses, most_guesses);
    }

    const std::string guesser = "127.0.0.7";
    const std::string another = "127.0.0.8";
    JsMesh mesh;
    GatewayProcess gateway{
        {.settings = mesh_settings(mesh, ", username: nobody, password: pw") + "rest: { mesh: site }\n",
         .mappings = {{"who.yaml", who_route}}}};
};

class GuessingOnAMeshThatLocksAccounts : public Guessing {
protected:
    GuessingOnAMeshThatLocksAccounts() : Guessing{true} {}
};

std::string name_of(const testing::TestParamInfo<const char*>& mesh) {
    return name_of_version(mesh.param);
}

const auto oldest_and_newest = testing::Values("2.13.0", "13.1.1");
INSTANTIATE_TEST_SUITE_P(Generations, Guessing, oldest_and_newest, name_of);
INSTANTIATE_TEST_SUITE_P(Generations, GuessingOnAMeshThatLocksAccounts, oldest_and_newest, name_of);

TEST_P(Guessing, WrongLoginsSlowTheirAddressAndNoOther) {
    const std::string token = token_of(guesser, "user1");
    const int guesses = guesses_until_refused_unasked(
        [&](int number) { return log_in(guesser, "stranger" + std::to_string(number), "wrong"); }, 401);
    expect_slowed(guesses, free_guesses_of_an_address);
    EXPECT_EQ(status_of_login(another, "user2"), 200);
    EXPECT_EQ(call(guesser, token)->status, 200) << "a token that was given goes on to work";
    EXPECT_EQ(who(guesser, token)->status, 200);
}

TEST_P(Guessing, WrongLoginsOfAUserFromEverywhereSlowThatUserButNotWhereHeHasLoggedInBefore) {
    const std::string home = "127.0.0.5";
    const std::string token = token_of(home, "user3");
    const int guesses = guesses_until_refused_unasked(
        [&](int number) { return log_in("127.0.1." + std::to_string(1 + number), "user3", "wrong"); }, 401);
    expect_slowed(guesses, free_guesses_at_a_user);
    EXPECT_EQ(status_of_login(another, "user4"), 200);
    EXPECT_EQ(call(another, token)->status, 200);
    EXPECT_EQ(status_of_login(home, "user3"), 200);
}

/// By default. It is the mesh that refuses, whoever has asked.
TEST_P(GuessingOnAMeshThatLocksAccounts, FourWrongPasswordsLockTheUserOutButNotWhoHasAToken) {
    const std::string home = "127.0.0.5";
    const std::string token = token_of(home, "user3");
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(status_of_login(guesser, "user3", "wrong"), 401);
    const auto answer = log_in(home, "user3", "pw");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401);
    EXPECT_NE(answer->body.find("locked"), std::string::npos) << answer->body;
    EXPECT_EQ(call(home, token)->status, 200);
    EXPECT_EQ(status_of_login(home, "user4"), 200);
}

TEST_P(Guessing, RefusedTokensSlowTheirAddressOnTheMirrorAndOnMappedRoutesAlike) {
    const std::string token = token_of(another, "user1");
    EXPECT_EQ(who(guesser, token)->status, 200);
    const int guesses = guesses_until_refused_unasked(
        [&](int number) { return who(guesser, "forged" + std::to_string(number)); }, 401);
    expect_slowed(guesses, free_guesses_of_an_address);
    EXPECT_EQ(call(guesser, "forged again")->status, 429);
    EXPECT_EQ(who(guesser, token)->status, 200) << "one that the mesh has accepted is never slowed down";
    EXPECT_EQ(who(another, "forged there")->status, 401);
    EXPECT_EQ(call(another, "forged there")->status, 403);
}

}  // namespace
