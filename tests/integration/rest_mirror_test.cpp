// The mirror is exact: every request recorded on happner-2 2.13.0 and 13.1.1, insecure and secure, is put to
// a gateway in front of such a mesh, in the dialect of that generation, and must be answered with the
// recorded status, type and body. What differs is listed with its reason, here and in docs/compatibility.md:
// HG_UPDATE_DOCS=1 writes that table anew.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/made_part.hpp"
#include "tests/tree/tree.hpp"
#include "tests/unit/rest/recorded_tokens.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr auto call_limit = "2s";  // of the one call that is never answered
constexpr std::string_view cut_mark = "... (cut)";

struct Recording {
    const char* generation;
    bool secure;
    int dialect;

    std::string mesh() const { return std::string{generation} + (secure ? " secure" : " insecure"); }
    std::string file() const {
        return test_data("captures/rest-") + generation + (secure ? "-secure.jsonl" : "-insecure.jsonl");
    }
};
constexpr Recording recordings[] = {
    {"2.13.0", false, 1}, {"2.13.0", true, 1}, {"13.1.1", false, 4}, {"13.1.1", true, 4}};

/// One side of a comparison, without what differs from run to run.
struct Seen {
    int status = 0;  // 0: no answer at all
    std::string type;
    std::string body;
    std::string challenge;
    bool operator==(const Seen&) const = default;
};

// --- what differs from run to run ------------------------------------------------------------------

void blank(json& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (object.is_object() && object.contains(name)) object[name] = "*";
    }
}

/// Stacks are recorded by their first line.
void first_line_of_stack(json& body) {
    if (!body.contains("error") || !body["error"].is_object() || !body["error"].contains("stack")) return;
    const std::string stack = body["error"]["stack"];
    body["error"]["stack"] = stack.substr(0, stack.find('\n'));
}

/// The recorded list is cut and says by how much; the mesh of these tests has two components more.
void count_methods(json& body) {
    json& methods = body["data"];
    int count = 0;
    json named = json::object();
    for (const auto& [uri, operation] : methods.items()) {
        if (uri.starts_with("/testTools/") || uri.starts_with("/oddMethods/")) continue;
        if (uri == "...") {
            count += std::stoi(operation.get<std::string>());
        } else {
            ++count;
            if (uri.starts_with("/componentName/") || uri == "/data/set" || uri == "/rest/initialize")
                named[uri] = operation;
        }
    }
    body["data"] = {{"methods", count}, {"some", named}};
}

json without_volatile(json body) {
    if (json* token = rest::RecordedTokens::token_in(body)) *token = "*";
    first_line_of_stack(body);
    if (body.value("message", json()) == "TestNode description") count_methods(body);
    if (!body.contains("data") || !body["data"].is_object()) return body;
    for (const char* session : {"us", "origin"}) {
        if (body["data"].contains(session))
            blank(body["data"][session], {"id", "timestamp", "parentId", "userid", "token"});
    }
    if (body["data"].contains("h") && body["data"]["h"].is_object()) {
        blank(body["data"]["h"], {"host", "content-length", "authorization"});
        for (const char* of_the_client : {"connection", "accept", "user-agent"})
            body["data"]["h"].erase(of_the_client);
    }
    return body;
}

std::string comparable(const std::string& body) {
    const json parsed = json::parse(body, nullptr, false);
    return parsed.is_object() ? without_volatile(parsed).dump() : body;
}

// --- one exchange ----------------------------------------------------------------------------------

Seen recorded_answer(const json& exchange) {
    const json& response = exchange["response"];
    if (response.is_string()) return {};  // "no response within 12 s"
    const json& body = response["body"];
    return {response["status"],
            response["headers"].value("content-type", ""),
            body.is_string() ? comparable(body.get<std::string>()) : without_volatile(body).dump(),
            response["headers"].value("www-authenticate", "")};
}

class Mirror {
public:
    explicit Mirror(const Recording& recording)
        : mesh_{{.generation = recording.generation, .secure = recording.secure, .recorded_rights = true}},
          gateway_{{.settings = settings(recording), .mappings = {}}} {}

    Seen ask(const json& exchange) {
        httplib::Request request;
        request.method = exchange["request"]["method"];
        request.path = tokens_.in_place(exchange["request"]["path"]);
        request.body = tokens_.in_place(body_of(exchange["request"]));
        const json headers = headers_of(exchange, request.body);
        for (const auto& [name, value] : headers.items())
            request.headers.emplace(name, tokens_.in_place(value));
        // A program sent it; here a cookie counts only as that of a page of the same origin.
        if (headers.contains("cookie")) request.headers.emplace("sec-fetch-site", "same-origin");
        auto client = gateway_.http();
        client.set_keep_alive(true);
        const auto answer = client.send(request);
        if (!answer) throw WaitFailed(request.path + ": " + httplib::to_string(answer.error()));
        if (exchange["response"].is_object())
            tokens_.learn(exchange["response"].value("body", json()), answer->body);
        return {answer->status,
                answer->get_header_value("Content-Type"),
                comparable(answer->body),
                answer->get_header_value("WWW-Authenticate")};
    }

private:
    std::string settings(const Recording& recording) const {
        return mesh_settings(mesh_, recording.secure ? ", username: nobody, password: pw" : "") +
               "rest: { mesh: site, dialect: " + std::to_string(recording.dialect) + " }\n" +
               "timeouts: { rest: " + call_limit + " }\n";
    }

    static std::string body_of(const json& request) {
        if (!request.contains("body")) return {};
        return request["body"].is_string() ? request["body"].get<std::string>() : request["body"].dump();
    }

    /// The one request that was never answered was recorded without its headers: it had those of the one
    /// before.
    json headers_of(const json& exchange, const std::string& body) {
        json headers = exchange["request"].value(
            "headers", exchange["response"].is_string() ? last_headers_ : json::object());
        last_headers_ = headers;
        if (!body.empty() && !headers.contains("content-type")) headers["content-type"] = "application/json";
        return headers;
    }

    json last_headers_ = json::object();
    JsMesh mesh_;
    GatewayProcess gateway_;
    rest::RecordedTokens tokens_;
};

bool same(const Seen& wanted, const Seen& got) {
    const auto cut = wanted.body.find(cut_mark);
    if (cut == std::string::npos) return wanted == got;
    Seen whole = wanted;
    if (got.body.starts_with(wanted.body.substr(0, cut))) whole.body = got.body;
    return whole == got;
}

// --- what differs, and why -------------------------------------------------------------------------

// clang-format off
const std::map<std::string, const char*> reasons{
    {"a", "a client must not wait for ever, and a gateway must not collect such requests: `timeouts.rest`"},
    {"b", "a preflight asks; it does not mean to call"},
    {"c", "the same status and type; the words are those of V8's JSON parser"},
    {"d", "pages and other paths of the mesh's web server are not there: paths are for mapped routes"},
    {"e", "the gateway serves no scripts"},
    {"f", "they tell clients of the gateway's node how to speak to it, and it speaks all generations' protocols"},
    {"g", "the library's mark on a rejected promise does not leave the mesh"},
    {"h", "digest logins are not available through the gateway: `/rest/login`"},
    {"i", "JSON has no `undefined`"},
    {"j", "the call is made by the gateway's session, or by the caller's on the gateway: the mesh says whose it is"},
    {"k", "a method needs no credential of its caller"},
};
// clang-format on

/// Label with the caller, or without where it is the same for all -> key of the reason.
using Differences = std::map<std::string, std::string>;

void add_all(Differences& to, const std::string& reason, std::initializer_list<const char*> labels) {
    for (const char* label : labels)
        to.emplace(label, reason);
}

Differences differences(const Recording& recording) {
    const bool oldest = recording.dialect == 1;
    Differences listed;
    add_all(listed, "a", {"neverMethod (timeout)"});
    add_all(listed, "b", {"OPTIONS"});
    add_all(listed, "c", {"login invalid json", "POST invalid JSON", "GET encoded bad"});
    add_all(listed, "d", {"webMethod", "webMethod mesh", "http /", "http /nosuch", "http /rest"});
    add_all(listed, "d", {"webMethod no token", "webMethod tester", "webMethod nobody"});
    add_all(
        listed,
        "e",
        {"http /browser_client", "http /browser_primus.js", "http /browser_crypto.js", "http /api/client"});
    if (oldest) add_all(listed, "f", {"http /version", "http /primus/spec"});
    if (oldest) add_all(listed, "g", {"promiseReject"});
    add_all(listed, "h", {"auth/request-nonce"});
    if (oldest) return listed;
    add_all(listed, recording.secure ? "k" : "i", {"userSession"});
    add_all(listed, "j", {"originMethod"});
    if (recording.secure) add_all(listed, "k", {"$req_headers"});
    return listed;
}

std::string request_name(const std::string& label) {
    return label.substr(0, label.find(" ["));
}

std::string short_text(std::string text) {
    constexpr std::size_t longest = 120;
    for (const char* mark : {"\n", "|", "`"}) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.replace(at, 1, mark == std::string{"|"} ? "/" : mark == std::string{"`"} ? "'" : " ");
    }
    return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

std::string cell(const Seen& seen) {
    if (seen.status == 0) return "no answer";
    std::string text = std::to_string(seen.status);
    if (!seen.type.empty()) text += ' ' + seen.type.substr(0, seen.type.find(';'));
    const bool page = seen.type.starts_with("text/html") || seen.type.find("javascript") != std::string::npos;
    if (!seen.body.empty() && !page) text += " `" + short_text(seen.body) + '`';
    return text;
}

/// Equal rows of several recordings are one.
class Table {
public:
    void add(const Recording& recording,
             const std::string& label,
             const Seen& wanted,
             const Seen& got,
             const std::string& reason) {
        const Row row{label, cell(wanted), cell(got), reason};
        auto& meshes = meshes_[row];
        if (meshes.empty()) order_.push_back(row);
        if (meshes.find(recording.mesh()) == std::string::npos)
            meshes += (meshes.empty() ? "" : ", ") + recording.mesh();
    }

    std::string text() const {
        std::string table =
            "| request | recorded on | happner | the gateway | why |\n|---|---|---|---|---|\n";
        for (const Row& row : order_) {
            const auto& [label, wanted, got, reason] = row;
            table += "| " + label + " | " + meshes_.at(row) + " | " + wanted + " | " + got + " | [" + reason +
                     "] |\n";
        }
        table += "\n";
        for (const auto& [key, why] : reasons)
            table += "[" + key + "] " + why + ".\n\n";
        return table;
    }

private:
    using Row = std::tuple<std::string, std::string, std::string, std::string>;
    std::map<Row, std::string> meshes_;
    std::vector<Row> order_;
};

int replay(const Recording& recording, Table& table) {
    Mirror mirror{recording};
    const auto expected = differences(recording);
    std::ifstream in{recording.file()};
    int replayed = 0;
    for (std::string line; std::getline(in, line); ++replayed) {
        const json exchange = json::parse(line);
        const std::string label = exchange["label"], name = request_name(label);
        const Seen wanted = recorded_answer(exchange), got = mirror.ask(exchange);
        const auto of_caller = expected.find(label);
        const auto found = of_caller == expected.end() ? expected.find(name) : of_caller;
        const std::string where = recording.mesh() + ": " + label;
        if (found == expected.end()) {
            EXPECT_TRUE(same(wanted, got))
                << where << "\nrecorded: " << wanted.status << ' ' << wanted.type << ' ' << wanted.challenge
                << ' ' << wanted.body << "\nanswered: " << got.status << ' ' << got.type << ' '
                << got.challenge << ' ' << got.body;
        } else {
            EXPECT_FALSE(same(wanted, got)) << where << ": no difference any more";
            table.add(recording, name, wanted, got, found->second);
        }
    }
    return replayed;
}

TEST(RestMirror, EveryRecordedRequestIsAnsweredAsRecordedAndTheDocsSayWhatIsNot) {
    Table table;
    int replayed = 0;
    for (const Recording& recording : recordings)
        replayed += replay(recording, table);
    EXPECT_EQ(replayed, 338);
    expect_in_docs("rest", table.text());
}

}  // namespace
