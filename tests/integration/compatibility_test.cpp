// What the node makes of each action and option of happn, as a client of each generation sees it, against
// what the real servers make of it (tests/peers/compatibility.js asks both the same). The table of
// docs/compatibility.md is what came of it: HG_UPDATE_DOCS=1 writes it anew.
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/gateway_process.hpp"
#include "tests/support/made_part.hpp"
#include "tests/support/process.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;
using Json = nlohmann::ordered_json;

struct Pair {
    const char* happn;     // version of the real server
    const char* protocol;  // that the client announces
};
constexpr Pair pairs[] = {{"1.12.1", "happn_1.3.0"},
                          {"3.1.1", "happn_1.3.0"},
                          {"13.12.1", "happn_2"},
                          {"13.12.1", "happn_3"},
                          {"12.1.10", "happn_4"},
                          {"13.12.1", "happn_4"}};

std::string column(const Pair& pair) {
    return std::string{pair.protocol} + " on " + pair.happn;
}

/// Where the node means to differ from the server, and why: the key of the reason in `reasons`.
using Differences = std::map<std::string, std::string>;

const std::map<std::string, const char*> reasons{
    {"1", "the node does what was asked for; the server loses it"},
    {"2",
     "clients of happn-3 12 announce the same protocol as those of 13, and are answered as those: siblings "
     "and tags are "
     "gone there, bulk upserts are not published, a remove by wildcard heeds criteria"},
    {"3", "as happner-2 2.13.0 answers, which looks at subscriptions before happn-3 does"},
    {"4", "get and remove match paths as happn-3 3 and later do: from their begin to their end"},
};

Differences differences(const Pair& pair) {
    if (std::string{pair.protocol} == "happn_1.3.0") {
        Differences old{{"get: criteria $or", "1"},
                        {"get: criteria $regex", "1"},
                        {"get: skip", "1"},
                        {"on: a channel without a word", "3"}};
        if (std::string{pair.happn} == "1.12.1") {
            old.emplace("get: a wildcard before the end gives what lies below, too", "4");
        }
        return old;
    }
    if (std::string{pair.happn} == "12.1.10") {
        return {{"set: set_type sibling", "2"},
                {"set: tag", "2"},
                {"set: upsertType 3 does not publish", "2"},
                {"remove: criteria", "2"},
                {"revoke-token, on an insecure server", "2"}};
    }
    return {};
}

Json answers_of(const std::vector<std::string>& server, const std::string& protocol) {
    std::vector<std::string> command{"node", peers_directory() + "/compatibility.js"};
    command.insert(command.end(), server.begin(), server.end());
    command.push_back(protocol);
    Process asking{{.arguments = command}};
    const int code = asking.wait();
    if (code != 0) throw WaitFailed("compatibility.js failed: " + asking.printed());
    return Json::parse(asking.output());
}

/// One row: what the server answers, and behind it the node where that differs.
std::string cell(const std::string& server, const std::string& node, const std::string& reason) {
    return server == node ? server : server + "; node: " + node + " [" + reason + "]";
}

TEST(Compatibility, TheNodeAnswersAsTheRealServersAndTheDocsSaySo) {
    GatewayProcess gateway{{.settings = "name: node\n", .mappings = {{"none.yaml", "version: 1\n"}}}};
    std::map<std::string, Json> by_protocol;
    std::vector<Json> real, node;
    for (const Pair& pair : pairs) {
        real.push_back(answers_of({"real", pair.happn}, pair.protocol));
        auto& ours = by_protocol[pair.protocol];
        if (ours.is_null()) ours = answers_of({std::to_string(gateway.port())}, pair.protocol);
        node.push_back(ours);
    }
    std::string table{"| asked |"};
    std::string line{"|---|"};
    for (const Pair& pair : pairs) {
        table += " " + column(pair) + " |";
        line += "---|";
    }
    table += "\n" + line + "\n";
    for (const auto& [asked, unused] : real.front().items()) {
        table += "| " + asked + " |";
        for (std::size_t i = 0; i < std::size(pairs); ++i) {
            const std::string server = real[i].at(asked);
            const std::string ours = node[i].at(asked);
            const auto listed = differences(pairs[i]);
            const auto found = listed.find(asked);
            const auto where = column(pairs[i]) + ": " + asked;
            if (found == listed.end()) {
                EXPECT_EQ(ours, server) << where;
            } else {
                EXPECT_NE(ours, server) << where << ": no difference any more";
            }
            table += " " + cell(server, ours, found == listed.end() ? "?" : found->second) + " |";
        }
        table += "\n";
    }
    table += "\n";
    for (const auto& [key, why] : reasons) {
        table += "[" + key + "] " + why + ".\n\n";
    }
    expect_in_docs("node", table);
}

}  // namespace
