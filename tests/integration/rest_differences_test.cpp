// Odd requests, put to a real mesh and to a gateway in front of it, in the dialect of its generation: both
// must answer the same, but for what docs/compatibility.md lists with its reason. HG_UPDATE_DOCS=1 writes
// that table anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/differences_table.hpp"
#include "tests/integration/end_to_end.hpp"
#include "tests/integration/odd_requests.hpp"
#include "tests/integration/rest_reasons.hpp"
#include "tests/support/made_part.hpp"

namespace {

using namespace support;
using nlohmann::json;

struct Kind {
    const char* generation;
    bool secure;
    int dialect;
    std::string name() const { return std::string{generation} + (secure ? " secure" : " insecure"); }
};
constexpr Kind kinds[] = {
    {"2.13.0", false, 1}, {"2.13.0", true, 1}, {"13.1.1", false, 4}, {"13.1.1", true, 4}};

/// Tokens and sessions differ from run to run, and stacks name files.
std::string comparable(const std::string& text) {
    json body = json::parse(text, nullptr, false);
    if (!body.is_object()) return text;
    for (const auto& place : {json::json_pointer{"/data/token"}, json::json_pointer{"/data/origin/id"}})
        if (body.contains(place)) body[place] = "*";
    if (body.contains("error") && body["error"].is_object() && body["error"].contains("stack")) {
        const std::string stack = body["error"]["stack"];
        body["error"]["stack"] = stack.substr(0, stack.find('\n'));
    }
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

class Sides {
public:
    explicit Sides(const Kind& kind)
        : mesh_{{.generation = kind.generation, .secure = kind.secure}},
          gateway_{{.settings = mesh_settings(mesh_, kind.secure ? ", username: nobody, password: pw" : "") +
                                "rest: { mesh: site, dialect: " + std::to_string(kind.dialect) + " }\n",
                    .mappings = {}}} {
        if (!kind.secure) return;
        tokens_[Who::tester] = token_of("tester", "pw");
        tokens_[Who::admin] = token_of("_ADMIN", "happn");
    }

    Seen happners(const Asked& asked) { return ask(httplib::Client{"127.0.0.1", mesh_.port()}, asked); }
    Seen gateways(const Asked& asked) { return ask(gateway_.http(), asked); }

private:
    std::string token_of(const std::string& user, const std::string& password) {
        const json body{{"username", user}, {"password", password}};
        auto client = httplib::Client{"127.0.0.1", mesh_.port()};
        const auto answer = client.Post("/rest/login", body.dump(), "application/json");
        if (!answer || answer->status != 200) throw WaitFailed("no token for " + user);
        return json::parse(answer->body)["data"]["token"];
    }

    std::string with_token(std::string text) {
        const std::string_view place = "TOKEN";
        for (auto at = text.find(place); at != text.npos; at = text.find(place))
            text.replace(at, place.size(), tokens_[Who::admin]);
        return text;
    }

    Seen ask(httplib::Client client, const Asked& asked) {
        httplib::Request request;
        request.method = asked.method;
        request.path = with_token(asked.target);
        request.body = asked.body;
        for (const auto& [name, value] : asked.headers)
            request.headers.emplace(name, with_token(value));
        if (!asked.body.empty() && !asked.headers.contains("Content-Type"))
            request.headers.emplace("Content-Type", "application/json");
        if (tokens_.contains(asked.who)) {
            request.headers.emplace("Cookie", "happn_token=" + tokens_[asked.who]);
            request.headers.emplace("Sec-Fetch-Site", "same-origin");
        }
        client.set_read_timeout(patience);
        client.set_url_encode(false);
        const auto answer = client.send(request);
        if (!answer) throw WaitFailed(asked.name + ": " + httplib::to_string(answer.error()));
        const std::string type = answer->get_header_value("Content-Type");
        const bool is_page = type.starts_with("text/html");
        return {answer->status,
                type,
                is_page ? std::string{} : comparable(answer->body),
                answer->body.find("\", \"data\":") != std::string::npos};
    }

    JsMesh mesh_;
    GatewayProcess gateway_;
    std::map<Who, std::string> tokens_;
};

TEST(RestDifferences, AreWhatTheDocsListAndNothingElse) {
    const auto requests = odd_requests();
    const auto reasons = reasons_by_request();
    DifferencesTable table{std::size(kinds), reasons};
    std::set<std::string> differing;
    for (const Kind& kind : kinds) {
        Sides sides{kind};
        for (const Asked& asked : requests) {
            const Seen happners = sides.happners(asked), gateways = sides.gateways(asked);
            if (happners == gateways) continue;
            const bool listed = reasons.contains(asked.name);
            EXPECT_TRUE(listed) << kind.name() << ": " << asked.name << "\nhappner: " << cell(happners)
                                << "\nthe gateway: " << cell(gateways);
            if (listed) table.add(kind.name(), asked.name, happners, gateways);
            differing.insert(asked.name);
        }
    }
    for (const auto& [name, why] : reasons)
        EXPECT_TRUE(differing.contains(name)) << name << ": no difference any more";
    expect_in_docs("rest-differences", table.text());
}

TEST(RestDifferences, AreLookedForByRequestsThatHaveEachANameOfTheirOwn) {
    std::set<std::string> names;
    for (const Asked& asked : odd_requests())
        EXPECT_TRUE(names.insert(asked.name).second) << asked.name;
}

/// Names that every object has in JavaScript: a mesh that is asked for such a method by REST ends (13.1.1).
TEST(RestDifferences, NoNameEndsAMesh) {
    for (const bool secure : {false, true}) {
        Sides sides{{"13.1.1", secure, 4}};
        const auto status = [&](const std::string& path) {
            return sides.gateways({path, Who::admin, "POST", "/rest/method/" + path, usual_body, {}}).status;
        };
        for (const char* name : {"__proto__", "constructor", "toString"}) {
            EXPECT_EQ(status(std::string{"componentName/"} + name), 404) << name;
            EXPECT_EQ(status(name + std::string{"/methodName"}), 404) << name;
        }
        EXPECT_EQ(status("componentName/methodName"), 200) << "the mesh goes on";
    }
}

/// The same text in JSON; the other way to write it goes through as the mesh has sent it.
TEST(RestDifferences, OfLineSeparatorsAreInTheWayTheyAreWritten) {
    JsMesh mesh;
    const GatewayProcess gateway{
        {.settings = mesh_settings(mesh) + "rest: { mesh: site }\n", .mappings = {}}};
    const auto answer = [](httplib::Client client) {
        return client.Get("/rest/method/oddMethods/lineSeparators")->body;
    };
    const std::string before = R"({"message":"Call successful","data":"a)", after = R"(c","error":null})";
    EXPECT_EQ(answer(httplib::Client{"127.0.0.1", mesh.port()}),
              before +
                  "\xe2\x80\xa8"
                  "b"
                  "\xe2\x80\xa9" +
                  after);
    EXPECT_EQ(answer(gateway.http()), before + R"(\u2028b\u2029)" + after);
}

TEST(RestDifferences, OfAnInsecureMeshsDescriptionAreInItsOrder) {
    using nlohmann::ordered_json;
    JsMesh mesh;
    const GatewayProcess gateway{
        {.settings = mesh_settings(mesh) + "rest: { mesh: site }\n", .mappings = {}}};
    const auto described = [](httplib::Client client) { return client.Get("/rest/describe")->body; };
    const std::string happners = described(httplib::Client{"127.0.0.1", mesh.port()}),
                      gateways = described(gateway.http());
    EXPECT_EQ(json::parse(happners), json::parse(gateways));
    const auto names = [](const std::string& body) {
        const auto description = ordered_json::parse(body);
        std::vector<std::string> list;
        for (const auto& [name, method] : description["data"].items())
            list.push_back(name);
        return list;
    };
    EXPECT_FALSE(std::ranges::is_sorted(names(happners)));
    EXPECT_TRUE(std::ranges::is_sorted(names(gateways)));
}

TEST(RestDifferences, OfTheCallbacksPlaceAreThoseOfMeshClientsToo) {
    for (const std::string generation : {"2.13.0", "13.1.1"}) {
        JsMesh mesh{{.generation = generation}};
        JsClient client{"mesh-client@" + generation};
        client.connect(mesh.port());
        EXPECT_THROW(client.call("oddMethods", "callbackFirst", {1}), JsError) << generation;
        EXPECT_THROW(client.call("oddMethods", "callbackBetween", {1, 2}), JsError) << generation;
    }
}

}  // namespace
