// What the gateway's own client can do on the real meshes of every generation. The second table of
// docs/compatibility.md is what came of it: HG_UPDATE_DOCS=1 writes it anew.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/in_process/live_session.hpp"
#include "tests/support/made_part.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr const char* generations[] = {"2.13.0", "5.2.1", "11.16.1", "13.1.1"};

/// Two clients of one mesh; a path of its own for each question.
struct Pair {
    LiveSession& client;
    LiveSession& listener;
    std::string at;
};

using Question = std::function<bool(const Pair&)>;

bool ok(const LiveAnswer& answer) {
    return !answer.error;
}

json set_and_get(const Pair& p, const json& data, const json& options) {
    p.client.ask("set", p.at, data, options);
    return p.client.ask("get", p.at).data;
}

void fill(const Pair& p) {
    for (int n = 1; n <= 3; ++n) {
        p.client.ask("set", p.at + "/" + std::to_string(n), {{"n", n}});
    }
}

std::size_t heard_after_set(const Pair& p, const json& options) {
    p.listener.on("/SET@" + p.at);
    p.client.ask("set", p.at, {{"a", 1}}, options);
    return p.listener.heard().size();
}

const std::vector<std::pair<const char*, Question>> on_any_mesh{
    {"set and get",
     [](const Pair& p) {
         return set_and_get(p, {{"a", 1}}, json::object()) == json{{"a", 1}};
     }},
    {"set: noStore",
     [](const Pair& p) {
         return set_and_get(p, {{"a", 1}}, {{"noStore", true}}).is_null();
     }},
    {"set: noPublish",
     [](const Pair& p) {
         return heard_after_set(p, {{"noPublish", true}}) == 0;
     }},
    {"set: merge",
     [](const Pair& p) {
         p.client.ask("set", p.at, {{"a", 1}});
         return set_and_get(p, {{"b", 2}}, {{"merge", true}}) == json{{"a", 1}, {"b", 2}};
     }},
    {"set: consistency 0, 1 and 2",
     [](const Pair& p) {
         bool all = true;
         for (int level = 0; level <= 2; ++level) {
             all = all && ok(p.client.ask("set", p.at, level, {{"consistency", level}}));
         }
         return all;
     }},
    {"set: consistency 3, told when every subscriber has acknowledged it",
     [](const Pair& p) {
         return p.listener.on("/SET@" + p.at) && p.client.set_acknowledged(p.at, {{"a", 1}});
     }},
    {"set: publishResults",
     [](const Pair& p) {
         return p.client.ask("set", p.at, 1, {{"publishResults", true}}).meta.contains("publishResults");
     }},
    {"set: nullValue",
     [](const Pair& p) {
         return set_and_get(p, nullptr, {{"nullValue", true}}) == json{{"value", nullptr}};
     }},
    {"set: noDataResponse",
     [](const Pair& p) {
         return p.client.ask("set", p.at, {{"a", 1}}, {{"noDataResponse", true}}).data.is_null();
     }},
    {"set: set_type sibling",
     [](const Pair& p) {
         return p.client.ask("set", p.at, 1, {{"set_type", "sibling"}}).meta.at("path") != p.at;
     }},
    {"set: tag",
     [](const Pair& p) {
         p.client.ask("set", p.at, 1);
         return p.client.ask("set", p.at, nullptr, {{"tag", "x"}}).meta.contains("tag");
     }},
    {"set: increment",
     [](const Pair& p) {
         return p.client.ask("set", p.at, "gauge", {{"increment", 2}}).data.value("value", json{}) == 2;
     }},
    {"set: upsertType 3",
     [](const Pair& p) {
         return heard_after_set(p, {{"upsertType", 3}}) == 0;
     }},
    {"set: targetClients",
     [](const Pair& p) {
         return heard_after_set(p, {{"targetClients", {"nobody"}}}) == 0;
     }},
    {"set: noCluster",
     [](const Pair& p) {
         return heard_after_set(p, {{"noCluster", true}}) == 1;
     }},
    {"set: meta",
     [](const Pair& p) {
         p.listener.on("/SET@" + p.at);
         p.client.ask("set", p.at, 1, {{"meta", {{"mine", 7}}}});
         const auto heard = p.listener.heard();
         return heard.size() == 1 && heard[0].meta.value("mine", 0) == 7;
     }},
    {"get: by wildcard",
     [](const Pair& p) {
         fill(p);
         return p.client.ask("get", p.at + "/*").items.size() == 3;
     }},
    {"get: criteria",
     [](const Pair& p) {
         fill(p);
         return p.client.ask("get", p.at + "/*", nullptr, {{"criteria", {{"n", {{"$gte", 2}}}}}})
                    .items.size() == 2;
     }},
    {"get: fields",
     [](const Pair& p) {
         p.client.ask("set", p.at, {{"a", 1}, {"b", 2}});
         return p.client.ask("get", p.at, nullptr, {{"fields", {{"a", 1}}}}).data == json{{"a", 1}};
     }},
    {"get: sort and limit",
     [](const Pair& p) {
         fill(p);
         const json options{{"options", {{"sort", {{"n", -1}}}, {"limit", 1}}}};
         const auto items = p.client.ask("get", p.at + "/*", nullptr, options).items;
         return items.size() == 1 && items[0].at("n") == 3;
     }},
    {"get: skip",
     [](const Pair& p) {
         fill(p);
         return p.client.ask("get", p.at + "/*", nullptr, {{"options", {{"skip", 2}}}}).items.size() == 1;
     }},
    {"get: path_only",
     [](const Pair& p) {
         fill(p);
         const auto items =
             p.client.ask("get", p.at + "/*", nullptr, {{"options", {{"path_only", true}}}}).items;
         return items.size() == 3 && !items[0].contains("n");
     }},
    {"count",
     [](const Pair& p) {
         fill(p);
         return p.client.ask("count", p.at + "/*").data == json{{"value", 3}};
     }},
    {"remove: by wildcard",
     [](const Pair& p) {
         fill(p);
         return p.client.ask("remove", p.at + "/*").data.at("removed") == 3;
     }},
    {"on: sets and removes, each under its channel",
     [](const Pair& p) {
         p.listener.on("/ALL@" + p.at);
         p.client.ask("set", p.at, 1);
         p.client.ask("remove", p.at);
         const auto heard = p.listener.heard();
         return heard.size() == 2 && !heard[0].removed && heard[1].removed;
     }},
    {"on: what is stored, first",
     [](const Pair& p) {
         fill(p);
         p.listener.on("/SET@" + p.at + "/*", true);
         const auto heard = p.listener.heard();
         return heard.size() == 3 && heard[0].initial && heard[0].data.contains("n");
     }},
    {"off",
     [](const Pair& p) {
         p.listener.on("/SET@" + p.at);
         p.listener.off("/SET@" + p.at);
         p.client.ask("set", p.at, 1);
         return p.listener.heard().empty();
     }},
    {"request-nonce",
     [](const Pair& p) {
         return p.client.ask("request-nonce", {}, {{"publicKey", "key"}}).data.contains("nonce");
     }},
    {"a method's answer",
     [](const Pair& p) {
         const auto outcome = p.client.call("componentName", "methodName", "[1,2]");
         return !outcome.error && json::parse(outcome.answers.at(0).view()) == json{{"a", 1}, {"b", 2}};
     }},
    {"a method's error",
     [](const Pair& p) {
         const auto outcome = p.client.call("componentName", "erroringMethodName", "[]");
         return outcome.error && outcome.error->code == 418;
     }},
    {"a method that is not there is an error",
     [](const Pair& p) { return p.client.call("componentName", "nope", "[]").error.has_value(); }},
    {"events of components",
     [](const Pair& p) {
         p.listener.on(
             "/SET@/_events/TestNode/testTools/" + p.at.substr(1), false, R"({"componentVersion":"*"})");
         const auto key = json(p.at.substr(1)).dump();
         return !p.client.call("testTools", "emitEvent", "[" + key + R"(,{"x":1}])").error &&
                p.listener.run_until([&] { return !p.listener.heard().empty(); });
     }},
    {"the description of the mesh",
     [](const Pair& p) {
         return p.client.ask("get", "/mesh/schema/description")
             .data.at("components")
             .contains("componentName");
     }},
};

struct SecureMesh {
    boost::asio::io_context& io;
    JsMesh& mesh;
    std::string protocol;
};

/// `m.protocol` is what the insecure mesh of this generation has agreed to: asking again costs two seconds a
/// session.
happn::SessionSettings user(const SecureMesh& m, const std::string& name, const std::string& password) {
    happn::SessionSettings settings;
    settings.protocols = {m.protocol};
    settings.username = name;
    settings.password = gateway::Secret{password};
    return settings;
}

const std::vector<std::pair<const char*, std::function<bool(SecureMesh)>>> on_secure_mesh{
    {"login by password",
     [](SecureMesh m) {
         return LiveSession{m.io, m.mesh.port(), user(m, "tester", "pw")}.facts().username == "tester";
     }},
    {"login by token, as the same user",
     [](SecureMesh m) {
         LiveSession first{m.io, m.mesh.port(), user(m, "tester", "pw")};
         happn::SessionSettings settings;
         settings.protocols = {m.protocol};
         settings.token = first.facts().token;
         LiveSession second{m.io, m.mesh.port(), settings};
         return second.facts().username == "tester" && second.facts().id != first.facts().id;
     }},
    {"a wrong password is told from a loss",
     [](SecureMesh m) {
         LiveSession session{m.io, m.mesh.port(), user(m, "tester", "wrong")};
         return session.ending() && session.ending()->kind == happn::Ending::Kind::refused;
     }},
    {"the mesh's refusal of a path",
     [](SecureMesh m) {
         const auto answer =
             LiveSession{m.io, m.mesh.port(), user(m, "nobody", "pw")}.ask("set", "/forbidden", 1);
         return answer.error && answer.error->errc == gateway::Errc::access_denied;
     }},
    {"a call as oneself",
     [](SecureMesh m) {
         const auto outcome = LiveSession{m.io, m.mesh.port(), user(m, "tester", "pw")}.call(
             "testTools", "answerAfter", R"([0,"x"])");
         return !outcome.error && json::parse(outcome.answers.at(0).view()).at("username") == "tester";
     }},
    {"a call for somebody else (onBehalfOf)",
     [](SecureMesh m) {
         const auto outcome = LiveSession{m.io, m.mesh.port(), user(m, "_ADMIN", "happn")}.call(
             "testTools", "answerAfter", R"([0,"x"])", "tester");
         return !outcome.error && json::parse(outcome.answers.at(0).view()).at("username") == "tester";
     }},
    {"revoke-token ends the session",
     [](SecureMesh m) {
         LiveSession session{m.io, m.mesh.port(), user(m, "tester", "pw")};
         m.mesh.revoke("tester");
         return session.run_until([&] { return session.ending() || !ok(session.ask("get", "/allowed/x")); });
     }},
};

std::string word(bool yes) {
    return yes ? "yes" : "no";
}

using Column = std::map<std::string, std::string>;

Column asked_of(const char* generation) {
    Column column;
    boost::asio::io_context io;
    JsMesh open{{.generation = generation}};
    LiveSession client{io, open.port()};
    LiveSession listener{io, open.port()};
    int number = 0;
    for (const auto& [question, ask] : on_any_mesh) {
        listener.heard();  // what earlier questions have left
        column[question] = word(ask({client, listener, "/asked/" + std::to_string(++number)}));
    }
    JsMesh secure{{.generation = generation, .secure = true}};
    for (const auto& [question, ask] : on_secure_mesh) {
        column[question] = word(ask({io, secure, client.facts().protocol}));
    }
    return column;
}

TEST(ClientCompatibility, IsWhatTheDocsSay) {
    std::vector<Column> columns;
    std::string table{"| on happner-2 |"};
    std::string line{"|---|"};
    for (const char* generation : generations) {
        columns.push_back(asked_of(generation));
        table.append(" ").append(generation).append(" |");
        line += "---|";
    }
    table += "\n" + line + "\n";
    const auto row = [&](const char* question) {
        table.append("| ").append(question).append(" |");
        for (const Column& column : columns) {
            table += " " + column.at(question) + " |";
        }
        table += "\n";
    };
    for (const auto& [question, ask] : on_any_mesh)
        row(question);
    for (const auto& [question, ask] : on_secure_mesh)
        row(question);
    expect_in_docs("client", table);
}

}  // namespace
