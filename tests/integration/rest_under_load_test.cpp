// Many connections at once, of several users, while mapping files are taken anew and the mesh goes and comes
// back, one after the other and at the same time: every answer is the one to its own request, given to the
// user who sent it.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr std::size_t users = 10;
constexpr int reloads = 10;
constexpr int answers_of_each = 20;  // right ones, in each part of the test

/// Says which edition of the mapping file a request was answered by.
std::string routes_of_edition(int edition) {
    const std::string number = std::to_string(edition);
    return R"(
version: 1
routes:
  steady:
    from: { http: "GET /steady/{value}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1, "{value}"] }
  )" + (edition % 2 == 0 ? std::string{"even"} : std::string{"odd"}) +
           R"(:
    from: { http: "GET /editions/{value}" }
    to:   { call: "testTools/answerAfter", mesh: site, args: [1, "{value}"] }
    respond:
      body: { edition: )" +
           number + R"(, value: "{answer.value}", username: "{answer.username}" }
)";
}

struct Load {
    const char* generation;
    std::size_t connections;
};

void PrintTo(const Load& load, std::ostream* out) {
    *out << load.connections << " connections, happner-2 " << load.generation;
}

std::string name_of(const testing::TestParamInfo<Load>& load) {
    return "happner_" + name_of_version(load.param.generation) + "_by_" +
           std::to_string(load.param.connections);
}

class RestUnderLoad : public testing::TestWithParam<Load> {
protected:
    RestUnderLoad() {
        write_edition(0);
        gateway.emplace(GatewayFiles{
            .settings = mesh_settings(mesh, ", username: _ADMIN, password: happn") +
                        "rest: { mesh: site }\nlog: { level: info, format: text }\nmappings: [\"" +
                        directory.path().string() + "/*.yaml\"]\n",
            .mappings = {}});
        log_all_in();
    }

    ~RestUnderLoad() override {
        ended = true;
        for (std::thread& thread : threads)
            thread.join();
    }

    void write_edition(int number) { directory.write("routes.yaml", routes_of_edition(number)); }

    static std::string name_of_user(std::size_t user) { return "user" + std::to_string(user); }

    void log_all_in() {
        for (std::size_t user = 0; user < users; ++user) {
            const json body{{"username", name_of_user(user)}, {"password", "pw"}};
            const auto answer = gateway->http().Post("/rest/login", body.dump(), "application/json");
            if (!answer || answer->status != 200) throw WaitFailed("no token for " + name_of_user(user));
            const std::scoped_lock lock{mutex};
            tokens[user] = json::parse(answer->body)["data"]["token"];
        }
    }

    std::string token_of(std::size_t user) {
        const std::scoped_lock lock{mutex};
        return tokens[user];
    }

    void start_load() {
        right_of_each = std::vector<std::atomic<int>>(GetParam().connections);
        for (std::size_t number = 0; number < GetParam().connections; ++number)
            threads.emplace_back([this, number] { keep_asking(number); });
    }

    void keep_asking(std::size_t number) {
        auto client = gateway->http();
        client.set_keep_alive(true);
        for (std::size_t request = 0; !ended; ++request) {
            const std::string value = std::to_string(number) + '-' + std::to_string(request);
            ask(client, number, request % 3, value);
        }
    }

    void ask(httplib::Client& client, std::size_t number, std::size_t way, const std::string& value) {
        const std::size_t user = number % users;
        const bool was_disturbed = disturbed;
        const int least_edition = edition;
        const httplib::Headers headers{{"Authorization", "Bearer " + token_of(user)}};
        const json parameters{{"parameters", {{"ms", 1}, {"value", value}}}};
        const auto answer =
            way == 0 ? client.Get("/steady/" + value, headers)
            : way == 1
                ? client.Get("/editions/" + value, headers)
                : client.Post(
                      "/rest/method/testTools/answerAfter", headers, parameters.dump(), "application/json");
        if (!answer) return fail("no answer: " + httplib::to_string(answer.error()));
        const json body = json::parse(answer->body, nullptr, false);
        if (answer->status != 200) {
            if (!(was_disturbed || disturbed) || !is_of_an_outage(answer->status))
                fail("refused: " + std::to_string(answer->status) + ' ' + answer->body);
            see_refusal(answer->status);
            return;
        }
        const json& data = way == 2 ? body["data"] : body;
        if (data.value("value", "") != value) return fail("the answer to another request: " + answer->body);
        if (data.value("username", "") != name_of_user(user))
            return fail("the answer to another user: " + answer->body);
        if (way == 1 && data.at("edition") < least_edition)
            return fail("by routes that had been replaced: " + answer->body);
        if (way == 1) see_edition(data.at("edition"));
        ++right_of_each[number];
    }

    /// The mesh is away, went while it was asked, or does not know the token any more, however often.
    static bool is_of_an_outage(int status) {
        return status == 503 || status == 504 || status == 401 || status == 403 || status == 429;
    }

    void see_edition(int number) {
        const std::scoped_lock lock{mutex};
        ++editions[number];
    }
    bool has_seen_edition(int number) {
        const std::scoped_lock lock{mutex};
        return editions.contains(number);
    }
    void see_refusal(int status) {
        const std::scoped_lock lock{mutex};
        ++refusals[status];
    }
    bool has_seen_refusal(int status) {
        const std::scoped_lock lock{mutex};
        return refusals.contains(status);
    }

    void fail(const std::string& why) {
        const std::scoped_lock lock{mutex};
        ++wrong[why.substr(0, 200)];
    }

    /// It comes back empty, and knows no token of before.
    void restart_mesh() {
        disturbed = true;
        mesh.kill();
        gateway->wait_until_ready(false);
        mesh.start();
        gateway->wait_until_ready();
        log_all_in();
        EXPECT_TRUE(all_go_on());
        disturbed = false;
    }

    /// Requests that begin when it is over are answered by the new edition.
    void reload_next_edition() {
        write_edition(edition + 1);
        const std::size_t seen = gateway->process().line_count();
        gateway->process().signal(SIGHUP);
        gateway->process().wait_for_line("reloaded: ", patience, seen);
        ++edition;
    }

    /// Each connection is answered rightly so often from now on.
    bool all_go_on() {
        std::vector<int> before;
        for (const auto& right : right_of_each)
            before.push_back(right);
        return eventually(
            [&] {
                for (std::size_t i = 0; i < before.size(); ++i)
                    if (right_of_each[i] < before[i] + answers_of_each) return false;
                return true;
            },
            2 * patience);
    }

    std::map<std::string, int> wrong_answers() {
        const std::scoped_lock lock{mutex};
        return wrong;
    }

    TemporaryDirectory directory;
    JsMesh mesh{{.generation = GetParam().generation, .secure = true}};
    std::optional<GatewayProcess> gateway;
    std::mutex mutex;
    std::array<std::string, users> tokens;
    std::map<int, int> editions;
    std::map<int, int> refusals;  // by status
    std::map<std::string, int> wrong;
    std::vector<std::atomic<int>> right_of_each;
    std::atomic<bool> disturbed = false;  // the mesh is away, or does not know the tokens yet
    std::atomic<int> edition = 0;         // what every request is answered by, at the least
    std::atomic<bool> ended = false;
    std::vector<std::thread> threads;
};

INSTANTIATE_TEST_SUITE_P(Loads,
                         RestUnderLoad,
                         testing::Values(Load{"2.13.0", 64}, Load{"13.1.1", 64}, Load{"13.1.1", 256}),
                         name_of);

TEST_P(RestUnderLoad, ReloadsAreSeenInWholeAnswersOnly) {
    start_load();
    for (int i = 0; i < reloads; ++i) {
        reload_next_edition();
        ASSERT_TRUE(eventually([&] { return has_seen_edition(edition); })) << edition;
    }
    EXPECT_TRUE(all_go_on());
    EXPECT_EQ(wrong_answers(), (std::map<std::string, int>{}));
}

TEST_P(RestUnderLoad, AMeshThatGoesAndComesBackLeavesNobodyWithTheAnswerOfAnother) {
    start_load();
    EXPECT_TRUE(all_go_on());
    restart_mesh();
    EXPECT_TRUE(all_go_on());
    EXPECT_EQ(wrong_answers(), (std::map<std::string, int>{}));
}

class RestUnderReloadsAndRestarts : public RestUnderLoad {};
INSTANTIATE_TEST_SUITE_P(Loads,
                         RestUnderReloadsAndRestarts,
                         testing::Values(Load{"13.1.1", 64}, Load{"13.1.1", 256}),
                         name_of);

TEST_P(RestUnderReloadsAndRestarts, NoAnswerIsWrongOrByRoutesThatHadBeenReplaced) {
    start_load();
    EXPECT_TRUE(all_go_on());
    std::atomic<bool> restarted = false;
    std::thread reloading{[&] {
        while (!restarted)
            reload_next_edition();
    }};
    restart_mesh();
    restarted = true;
    reloading.join();
    EXPECT_GE(edition, reloads);
    EXPECT_TRUE(has_seen_refusal(503));
    EXPECT_TRUE(eventually([&] { return has_seen_edition(edition); }));
    EXPECT_TRUE(all_go_on());
    EXPECT_EQ(wrong_answers(), (std::map<std::string, int>{}));
}

}  // namespace
