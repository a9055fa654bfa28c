// What `get` and `count` with options answer, cell by cell, against what the real servers of both generations
// answered (happn-3 1.12.1 with its nedb, 13.12.1 with its loki): tests/data/query-matrix.json, made by
// tests/peers/query_matrix.js. Where our node means to answer otherwise, tests/data/query-differences.json
// says why, and such a cell must differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "tests/conformance/node_visitor.hpp"
#include "tests/tree/tree.hpp"

namespace {

using replay::Json;

Json load(const std::string& name) {
    return Json::parse(std::ifstream{support::test_data(name)});
}

/// A client of the node that asks one thing after the other.
class Asker {
public:
    Asker(happn::Node& node, const std::string& protocol) : visitor_{node} {
        ask({{"action", "configure-session"}, {"data", {{"protocol", protocol}}}});
        ask({{"action", "login"}, {"data", {{"info", Json::object()}}}});
    }
    Json ask(Json request) {
        request["eventId"] = ++last_event_;
        visitor_.say(request.dump());
        return visitor_.take_next([](const Json&) { return true; }).value_or(Json{});
    }

private:
    replay::Visitor visitor_;
    int last_event_ = 0;
};

/// The node with the matrix's items in it, each at a time of its own.
class MatrixNode {
public:
    explicit MatrixNode(const Json& items) : asker_{gateway_.node, "happn_4"} {
        for (const auto& item : items) {
            const auto& path = item["path"].get_ref<const std::string&>();
            const auto meta =
                asker_.ask({{"action", "set"}, {"path", path}, {"data", item["data"]}})["_meta"];
            while (gateway::wall_now() == meta["modified"]) {
            }
            if (!times_.contains("<created " + path + ">")) {
                times_["<created " + path + ">"] = meta["created"];
            }
            times_["<modified " + path + ">"] = meta["modified"];
        }
    }
    happn::Node& node() { return gateway_.node; }
    /// "<created /q/c>" and the like become that item's time.
    Json with_times(const Json& options) const {
        auto text = options.dump();
        for (const auto& [name, time] : times_) {
            const auto quoted = Json(name).dump();
            for (auto at = text.find(quoted); at != std::string::npos; at = text.find(quoted)) {
                text.replace(at, quoted.size(), time.dump());
            }
        }
        return Json::parse(text);
    }

private:
    replay::NodeUnderTest gateway_;
    Asker asker_;
    std::map<std::string, Json> times_;
};

Json keys_of(const Json& meta) {
    static const std::set<std::string> echo{"type", "status", "eventId", "sessionId", "action", "published"};
    Json keys = Json::array();
    for (const auto& [key, value] : meta.items()) {
        if (!echo.contains(key)) keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

Json normalised_list(const Json& answer, bool ordered) {
    Json list = Json::array();
    for (std::size_t i = 0; i + 1 < answer.size(); ++i) {
        Json data = answer[i];
        const Json meta = data.value("_meta", Json::object());
        data.erase("_meta");
        list.push_back({{"path", meta.value("path", Json{})}, {"data", data}, {"meta_keys", keys_of(meta)}});
    }
    if (!ordered) std::sort(list.begin(), list.end());
    return list;
}

Json normalised(const Json& answer, bool ordered) {
    if (answer.is_null()) return {{"silence", true}};
    if (answer.is_array()) return normalised_list(answer, ordered);
    if (answer["_meta"]["status"] == "error") {
        const Json& error = answer["_meta"]["error"];
        return {{"error", {{"name", error.value("name", Json{})}, {"code", error.value("code", Json{})}}}};
    }
    Json single{{"meta_keys", keys_of(answer["_meta"])}};
    if (answer.contains("data")) single["data"] = answer["data"];
    return single;
}

/// The same of a recorded answer: what an error says is the store's own business.
Json recorded(Json answer, bool ordered) {
    if (answer.is_array() && !ordered) std::sort(answer.begin(), answer.end());
    if (answer.is_object() && answer.contains("error")) answer["error"].erase("message");
    return answer;
}

struct Side {
    const char* name;
    const char* protocol;
};

class QueryMatrix : public testing::TestWithParam<Side> {};

TEST_P(QueryMatrix, EveryCellIsAsTheRealServerAnsweredOrDiffersForAReason) {
    const auto matrix = load("query-matrix.json");
    const auto differences = load("query-differences.json");
    const auto& listed = differences.at(GetParam().name);
    MatrixNode node{matrix.at("items")};
    Asker asker{node.node(), GetParam().protocol};
    std::size_t differing = 0;
    for (const auto& cell : matrix.at("cases")) {
        Json request{{"action", cell["action"]}, {"path", cell["path"]}};
        if (cell.contains("options")) request["options"] = node.with_times(cell["options"]);
        const bool ordered = cell.value("ordered", false);
        const auto got = normalised(asker.ask(request), ordered);
        const auto expected = recorded(cell[GetParam().name], ordered);
        const auto label = cell["label"].get<std::string>();
        const auto reason = listed.find(label);
        if (reason == listed.end()) {
            EXPECT_EQ(got, expected) << label;
            continue;
        }
        ++differing;
        EXPECT_TRUE(differences.at("reasons").contains(reason->get<std::string>())) << label;
        EXPECT_NE(got, expected) << label << ": no difference any more";
    }
    EXPECT_EQ(differing, listed.size());
}

INSTANTIATE_TEST_SUITE_P(Generations,
                         QueryMatrix,
                         testing::Values(Side{"old", "happn_1.3.0"}, Side{"current", "happn_4"}),
                         [](const auto& side) { return std::string{side.param.name}; });

}  // namespace
