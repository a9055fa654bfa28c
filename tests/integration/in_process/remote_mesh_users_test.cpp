// Who acts on a mesh: nobody in particular on an insecure one, every user as themselves on a secure one.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/integration/in_process/live_mesh.hpp"

namespace support {
namespace {

class InsecureMeshTest : public RemoteMeshTest {};

TEST_P(InsecureMeshTest, EveryoneIsServedAsThereIsNobodyToBe) {
    join();
    EXPECT_FALSE(call("componentName", "strMethod", "[]", Principal::anonymous()).error);
    const auto token = try_login("anyone", "anything");
    ASSERT_TRUE(token.has_value());
    EXPECT_FALSE(call("componentName", "strMethod", "[]", Principal::bearer(*token)).error);
    EXPECT_EQ(mesh.user_sessions(), 0u);
}

class SecureMeshTest : public RemoteMeshTest {};

TEST_P(SecureMeshTest, UsersActAsThemselves) {
    join();
    const auto user = log_in("user3");
    EXPECT_EQ(mesh.user_sessions(), 1u);
    const auto outcome = call("testTools", "answerAfter", R"([1,"x"])", user);
    ASSERT_FALSE(outcome.error) << outcome.error->message;
    EXPECT_EQ(json::parse(outcome.answer.bytes.view()), (json{{"value", "x"}, {"username", "user3"}}));

    const auto known = await<Result<Principal>>(
        [&](auto done) { mesh.authenticate(user, gateway::Clock::now() + 10s, done); });
    ASSERT_TRUE(known.has_value());
    EXPECT_EQ(known->username, "user3");
    EXPECT_EQ(mesh.user_sessions(), 1u);
}

TEST_P(SecureMeshTest, TheMeshRefusesNotTheGateway) {
    join();
    EXPECT_EQ(call("componentName", "strMethod", "[]", Principal::anonymous()).error->errc,
              Errc::unauthorized);
    EXPECT_EQ(try_login("tester", "wrong").error().errc, Errc::unauthorized);
    const auto stranger = Principal::bearer(gateway::Secret{"no.such.token"});
    EXPECT_EQ(call("componentName", "strMethod", "[]", stranger).error->errc, Errc::unauthorized);
    EXPECT_EQ(call("componentName", "strMethod", "[]", stranger).error->errc,
              Errc::unauthorized);  // remembered
    const auto nobody = log_in("nobody");
    EXPECT_EQ(call("componentName", "strMethod", "[]", nobody).error->errc, Errc::access_denied);
    EXPECT_EQ(call("nope", "nope", "[]", nobody).error->errc, Errc::access_denied);
    EXPECT_EQ(call("security", "listUsers", "[]").error->errc, Errc::access_denied);
}

TEST_P(SecureMeshTest, WhoHasNotBeenAcceptedYetHasOneOfAFewPlaces) {
    join();
    const auto tester = log_in("tester");
    std::size_t refused_at_once = 0;
    std::size_t refused = 0;
    const auto try_token = [&](const std::string& token, std::size_t& counter, Errc wanted) {
        const auto who = Principal::bearer(gateway::Secret{token});
        mesh.authenticate(
            who, gateway::Clock::now() + 20s, [&counter, wanted](const Result<Principal>& known) {
                if (known.has_error() && known.error().errc == wanted) ++counter;
            });
    };
    for (std::size_t i = 0; i < happn::UserSessions::max_strangers; ++i)
        try_token("guess" + std::to_string(i), refused, Errc::unauthorized);
    try_token("one guess more", refused_at_once, Errc::overloaded);
    EXPECT_EQ(refused_at_once, 1u);
    EXPECT_FALSE(call("componentName", "strMethod", "[]", tester).error.has_value()) << "the others go on";
    EXPECT_TRUE(run_until([&] { return refused == happn::UserSessions::max_strangers; }));
    EXPECT_EQ(mesh.user_sessions(), 1u);
    EXPECT_FALSE(call("componentName", "strMethod", "[]", log_in("user3")).error.has_value());
}

TEST_P(SecureMeshTest, SaysWhoMightCallAMethodWithoutCallingIt) {
    join();
    const auto refusal = [&](const std::string& uri, const Principal& who) {
        std::optional<std::optional<gateway::Error>> answer;
        mesh.may_call({uri, who, {}, gateway::Clock::now() + 20s}, [&](auto given) { answer = given; });
        EXPECT_TRUE(run_until([&] { return answer.has_value(); }));
        return answer && *answer ? std::optional{(*answer)->errc} : std::nullopt;
    };
    const auto tester = log_in("tester"), nobody = log_in("nobody");
    for (const std::string method : {"answerAfter", "nope"}) {
        EXPECT_EQ(refusal("testTools/" + method, tester), std::nullopt) << method;
        EXPECT_EQ(refusal("testTools/" + method, nobody), Errc::access_denied) << method;
    }
    EXPECT_EQ(refusal("security/listUsers", tester), Errc::access_denied);
    EXPECT_EQ(refusal("test*/x", tester), Errc::not_found);
    EXPECT_EQ(call("testTools", "callCount", "[]", tester).answer.bytes.view(), "0");
}

TEST_P(SecureMeshTest, DescribesWhatAUserMaySee) {
    join();
    EXPECT_EQ(describe(Principal::anonymous()).error().errc, Errc::unauthorized);
    EXPECT_EQ(describe(log_in("nobody")).error().errc, Errc::access_denied);
    const auto some = describe(log_in("tester"));
    ASSERT_TRUE(some.has_value());
    EXPECT_TRUE((*some)->components.at("componentName").methods.contains("methodName"));
}

/// Two users' calls at once, answered in another order than asked: each gets its own answer.
TEST_P(SecureMeshTest, NobodySeesAnAnswerOfSomebodyElse) {
    join();
    constexpr int users = 10;
    constexpr int calls_each = 10;
    std::vector<Principal> principals;
    for (int user = 0; user < users; ++user) {
        principals.push_back(log_in("user" + std::to_string(user)));
    }
    std::vector<std::pair<std::string, Outcome>> answered;
    for (int call = 0; call < calls_each; ++call) {
        for (int user = 0; user < users; ++user) {
            const auto mine = std::to_string(user) + "/" + std::to_string(call);
            gateway::MeshCall wanted{"testTools",
                                     "answerAfter",
                                     gateway::Bytes{json::array({(calls_each - call) * 5, mine}).dump()},
                                     principals[static_cast<std::size_t>(user)],
                                     gateway::Clock::now() + 20s};
            mesh.call(wanted, [&answered, mine](Outcome outcome) {
                answered.emplace_back(mine, std::move(outcome));
            });
        }
    }
    ASSERT_TRUE(run_until([&] { return answered.size() == users * calls_each; }));
    for (const auto& [mine, outcome] : answered) {
        ASSERT_FALSE(outcome.error) << outcome.error->message;
        EXPECT_EQ(json::parse(outcome.answer.bytes.view()),
                  (json{{"value", mine}, {"username", "user" + mine.substr(0, 1)}}));
    }
    EXPECT_EQ(mesh.user_sessions(), static_cast<std::size_t>(users));
}

INSTANTIATE_TEST_SUITE_P(Insecure,
                         InsecureMeshTest,
                         testing::ValuesIn(of_every_generation(false)),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Secure, SecureMeshTest, testing::ValuesIn(of_every_generation(true)), kind_name);

}  // namespace
}  // namespace support
