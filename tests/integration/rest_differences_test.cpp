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
#include <utility>
#include <vector>

#include "tests/integration/end_to_end.hpp"
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

enum class Who { stranger, tester, admin };

struct Asked {
    std::string name;
    Who who = Who::admin;
    std::string method = "POST";
    std::string target = "/rest/method/componentName/methodName";
    std::string body = {};
    std::map<std::string, std::string> headers = {};  // Content-Type is application/json unless given
};

// --- what is asked ---------------------------------------------------------------------------------

const std::string plain = R"({"parameters":{"a":1}})";
const std::string gzipped{
    "\037\213\010\000\000\000\000\000\000\003\253\126\052\110\054\112\314\115\055\111\055\052\126\262\252\126"
    "\112\124\262\062\254\255\005\000\267\214\153\332\026\000\000\000",
    42};  // `plain`
const std::string deflated{
    "\170\234\253\126\052\110\054\112\314\115\055\111\055\052\126\262\252\126\112\124\262\062\254\255\005\000"
    "\134\135\007\263",
    30};

std::vector<Asked> logins() {
    const auto login = [](std::string name, std::string body) {
        return Asked{std::move(name), Who::stranger, "POST", "/rest/login", std::move(body), {}};
    };
    const auto page = [](std::string name, const std::string& query) {
        return Asked{std::move(name), Who::stranger, "GET", "/auth/login" + query, {}, {}};
    };
    return {page("/auth/login without a user", ""),
            page("/auth/login without a user, with a password", "?password=pw"),
            page("/auth/login without a password", "?username=tester"),
            page("/auth/login with a wrong password", "?username=tester&password=no"),
            login("login, wrong password", R"({"username":"tester","password":"no"})"),
            login("login, the user is a number", R"({"username":5,"password":"pw"})"),
            login("login, the user is 0", R"({"username":0,"password":"pw"})"),
            login("login, the password is a number", R"({"username":"user5","password":5})"),
            login("login, an empty list", "[]")};
}

std::vector<Asked> descriptions() {
    std::vector<Asked> list;
    for (const char* method : {"POST", "PUT", "DELETE", "HEAD"}) {
        const std::string name = std::string{"describe by "} + method;
        list.push_back(
            {name + ", who has the right to GET it", Who::tester, method, "/rest/describe", {}, {}});
        list.push_back({name + ", _ADMIN", Who::admin, method, "/rest/describe", {}, {}});
    }
    list.push_back({"describe below the node's name", Who::tester, "GET", "/TestNode/rest/describe", {}, {}});
    return list;
}

std::vector<Asked> paths() {
    std::vector<Asked> list;
    for (const auto& [who, user] : {std::pair{Who::tester, ", tester"}, std::pair{Who::admin, ", _ADMIN"}}) {
        const auto call = [&, who = who, user = user](const std::string& name, const std::string& path) {
            list.push_back({name + user, who, "POST", path, "{}", {}});
        };
        call("the node's name before the component", "/rest/method/TestNode/componentName/methodName");
        call("another mesh's name", "/rest/method/Other/componentName/methodName");
        call("the component security", "/rest/method/security/listUsers");
        call("a component that there is not", "/rest/method/nope/methodName");
        call("a method that there is not", "/rest/method/componentName/nope");
        call("one segment", "/rest/method/componentName");
        call("below the node's name", "/TestNode/rest/method/componentName/methodName");
    }
    list.push_back({"login below the node's name",
                    Who::stranger,
                    "POST",
                    "/TestNode/rest/login",
                    R"({"username":"_ADMIN","password":"happn"})",
                    {}});
    list.push_back({"/rest/method", Who::tester, "POST", "/rest/method", "{}", {}});
    list.push_back(
        {"an empty segment", Who::admin, "POST", "/rest/method//componentName/methodName", "{}", {}});
    return list;
}

/// Described and called by paths as clients write them, besides the ones that are documented.
std::vector<Asked> spellings() {
    std::vector<Asked> list;
    for (const auto& [who, user] : {std::pair{Who::tester, ", tester"}, std::pair{Who::admin, ", _ADMIN"}}) {
        for (const std::string path : {"/REST/describe",
                                       "/rest/describe/",
                                       "/rest/describe/x",
                                       "/rest/describe.x",
                                       "/rest/describes",
                                       "/testnode/rest/describe",
                                       "/TestNode/rest/describe/",
                                       "/rest",
                                       "/rest/nothing"})
            list.push_back({path + user, who, "GET", path, {}, {}});
        for (const std::string path : {"/rest/METHOD/componentName/methodName",
                                       "/Rest/method/componentName/methodName",
                                       "/rest/method/componentName/methodName/",
                                       "/rest/method/componentname/methodName"})
            list.push_back({path + user, who, "POST", path, "{}", {}});
    }
    for (const std::string path : {"/rest/login/", "/REST/login"})
        list.push_back(
            {path, Who::stranger, "POST", path, R"({"username":"_ADMIN","password":"happn"})", {}});
    return list;
}

std::vector<Asked> delegations() {
    std::vector<Asked> list;
    const auto call =
        [&](std::string name, Who who, const std::string& as, const std::string& method = "methodName") {
            list.push_back({std::move(name),
                            who,
                            "POST",
                            "/rest/method/componentName/" + method,
                            R"({"as":)" + as + '}',
                            {}});
        };
    call("as a user that there is not, _ADMIN", Who::admin, R"("nosuch")");
    call("as a user that there is not, tester", Who::tester, R"("nosuch")");
    call("as a user without the right, _ADMIN", Who::admin, R"("nobody")");
    call("as a number, _ADMIN", Who::admin, "5");
    call("as \"\", tester", Who::tester, R"("")");
    call("as 0, tester", Who::tester, "0");
    call("as null, tester", Who::tester, "null");
    call("a method that there is not as tester, _ADMIN", Who::admin, R"("tester")", "nope");
    call("a method that there is not as user0, tester", Who::tester, R"("user0")", "nope");
    return list;
}

std::vector<Asked> bodies() {
    std::vector<Asked> list;
    const auto encoded = [&](std::string name, const std::string& coding, const std::string& body) {
        Asked asked{std::move(name)};
        asked.body = body;
        asked.headers["Content-Encoding"] = coding;
        list.push_back(std::move(asked));
    };
    const auto typed = [&](std::string name, const std::string& body, const std::string& charset = {}) {
        Asked asked{std::move(name)};
        asked.body = body;
        if (!charset.empty()) asked.headers["Content-Type"] = "application/json; charset=" + charset;
        list.push_back(std::move(asked));
    };
    encoded("body in gzip", "gzip", gzipped);
    encoded("body in deflate", "deflate", deflated);
    encoded("body said to be gzip", "gzip", plain);
    encoded("body in a coding that nobody knows", "nonsense", plain);
    typed("body with a byte order mark", "\xef\xbb\xbf" + plain);
    typed("body in a charset that is not Unicode", plain, "iso-8859-1");
    typed("body that is no UTF-8", "{\"parameters\":{\"a\":\"\xe9\"}}");
    typed("half a surrogate pair", R"({"parameters":{"a":"\ud83d"}})");
    typed("JSON of 60 levels", R"({"parameters":{"a":)" + std::string(58, '[') + std::string(58, ']') + "}}");
    typed("JSON of 100 levels",
          R"({"parameters":{"a":)" + std::string(98, '[') + std::string(98, ']') + "}}");
    typed("a body of 90 kB", R"({"parameters":{"a":")" + std::string(90'000, 'x') + R"("}})");
    typed("a body of 200 kB", R"({"parameters":{"a":")" + std::string(200'000, 'x') + R"("}})");
    typed("an array that is shorter than the parameters", "[1]");
    typed("an empty array", R"({"parameters":[]})");
    for (const std::string query :
         {"?a=%zz", "?a=%ff", "?a=%&b=%4", "?a=x+y", "?encoded_parameters=%zz", "?encoded_parameters="})
        list.push_back({"query " + query, Who::admin, "GET", list.front().target + query, {}, {}});
    return list;
}

/// Names are not decoded, and one that cannot be there is not found before it is refused.
std::vector<Asked> written_names() {
    std::vector<Asked> list;
    for (const auto& [who, user] : {std::pair{Who::tester, ", tester"}, std::pair{Who::admin, ", _ADMIN"}}) {
        for (const std::string path : {"/rest/method/component%4Eame/methodName",
                                       "/rest/method/componentName/methodName%20",
                                       "/rest/method/componentName%2FmethodName",
                                       "/rest/method/componentName/method%00",
                                       "/rest/method/componentName/*",
                                       "/Test%4Eode/rest/method/componentName/methodName",
                                       "/rest/method/Test%4Eode/componentName/methodName"})
            list.push_back({path + user, who, "POST", path, plain, {}});
    }
    return list;
}

std::vector<Asked> types() {
    std::vector<Asked> list;
    for (const std::string type : {"Application/JSON",
                                   "application/json;",
                                   "application/json; charset=",
                                   "application/json; charset=\"utf-8\"",
                                   "application/json; charset=utf8",
                                   "application/json; charset=utf-16",
                                   "application/json; charset=utf-32",
                                   "application/json; charset=utf-7",
                                   "application/json ; x=y",
                                   "application/json, text/plain",
                                   "application/vnd.api+json",
                                   "text/json"}) {
        Asked asked{"Content-Type: " + type};
        asked.body = plain;
        asked.headers["Content-Type"] = type;
        list.push_back(std::move(asked));
    }
    return list;
}

std::vector<Asked> encoded_queries() {
    std::vector<Asked> list;
    for (const std::string query : {"?encoded_parameters=%7B%7D&encoded_parameters=%7B%7D",
                                    "?encoded_parameters=&encoded_parameters=",
                                    "?encoded_parameters=%7B%22parameters%22:%7B%22a%22:1&encoded_parameters="
                                    "%22b%22:2%7D%7D",
                                    "?encoded_parameters=%7B%22parameters%22:%7B%22a%22:%22%2541%22%7D%7D",
                                    "?encoded_parameters=%7B%22parameters%22:%7B%22a%22:%2210%25%22%7D%7D",
                                    "?encoded_parameters=%7B%22parameters%22:%7B%22a%22:%22%252525%22%7D%7D"})
        list.push_back({"query " + query, Who::admin, "GET", Asked{}.target + query, {}, {}});
    Asked many{"a query of more than a thousand fields", Who::admin, "GET"};
    many.target += "?b=1";
    for (int i = 0; i < 999; ++i)
        many.target += "&c";
    many.target += "&a=1";
    list.push_back(std::move(many));
    return list;
}

std::vector<Asked> filled_in() {
    std::vector<Asked> list;
    for (const std::string value :
         {R"("x")", R"("")", "5", "0", "true", "null", "[1]", R"({"b":1,"username":"u"})"})
        list.push_back({"$restParams of parameters " + value,
                        Who::admin,
                        "POST",
                        "/rest/method/componentName/restParams",
                        R"({"parameters":)" + value + '}',
                        {}});
    for (const auto& [who, user] : {std::pair{Who::tester, "tester"}, std::pair{Who::admin, "_ADMIN"}})
        list.push_back({std::string{"$origin of "} + user,
                        who,
                        "POST",
                        "/rest/method/componentName/originMethod",
                        "{}",
                        {}});
    return list;
}

/// TOKEN stands for one of _ADMIN.
std::vector<Asked> tokens() {
    std::vector<Asked> list;
    for (const std::string authorization :
         {"Bearer TOKEN", "bearer TOKEN", "Bearer  TOKEN", "Bearer TOKEN more", "TOKEN"}) {
        Asked asked{"Authorization: " + authorization, Who::stranger};
        asked.body = plain;
        asked.headers["Authorization"] = authorization;
        list.push_back(std::move(asked));
    }
    for (const std::string query : {"?happn_token=TOKEN",
                                    "?happn_token=TOKEN&happn_token=bad",
                                    "?happn_token=bad&happn_token=TOKEN",
                                    "?happn_token=TOKEN&happn_token=TOKEN",
                                    "?happn_token=&happn_token="})
        list.push_back({"query " + query, Who::stranger, "POST", Asked{}.target + query, plain, {}});
    Asked both{"query ?happn_token= and Authorization: Bearer TOKEN", Who::stranger};
    both.target += "?happn_token=";
    both.headers["Authorization"] = "Bearer TOKEN";
    list.push_back(std::move(both));
    return list;
}

std::vector<Asked> pages() {
    std::vector<Asked> list;
    for (const std::string path : {"/rest/describe", "/auth/logout"}) {
        list.push_back({path + " without a token", Who::stranger, "GET", path, {}, {}});
        list.push_back({path + " with a bad token", Who::stranger, "GET", path + "?happn_token=bad", {}, {}});
    }
    for (const char* method : {"GET", "POST"}) {
        list.push_back({std::string{"/auth/logout by "} + method + ", tester",
                        Who::tester,
                        method,
                        "/auth/logout",
                        {},
                        {}});
        list.push_back({std::string{"/auth/logout by "} + method + ", _ADMIN",
                        Who::admin,
                        method,
                        "/auth/logout",
                        {},
                        {}});
    }
    return list;
}

// --- what differs, and why -------------------------------------------------------------------------

// clang-format off
const std::map<std::string, std::string> reasons{
    {"/auth/login without a user", "the mesh's own web pages are not there"},
    {"/auth/login without a user, with a password", "the mesh's own web pages are not there"},
    {"/auth/login without a password", "the mesh's own web pages are not there"},
    {"/auth/login with a wrong password", "the mesh's own web pages are not there"},
    {"/auth/logout without a token", "the mesh's own web pages are not there"},
    {"/auth/logout with a bad token", "the mesh's own web pages are not there"},
    {"/auth/logout by GET, tester", "the mesh's own web pages are not there"},
    {"/auth/logout by GET, _ADMIN", "the mesh's own web pages are not there"},
    {"/auth/logout by POST, tester", "the mesh's own web pages are not there"},
    {"/auth/logout by POST, _ADMIN", "the mesh's own web pages are not there"},
    {"login, wrong password", "an insecure mesh knows nobody, so anybody may log in"},
    {"login, the user is a number", "the mesh fails by an exception; to the gateway it is as if there were none"},
    {"login, the password is a number", "the mesh fails by an exception; to the gateway it is as if there were none"},
    {"describe by POST, who has the right to GET it", "the mesh is asked by GET, so the right to GET it counts for all"},
    {"describe by PUT, who has the right to GET it", "the mesh is asked by GET, so the right to GET it counts for all"},
    {"describe by DELETE, who has the right to GET it", "the mesh is asked by GET, so the right to GET it counts for all"},
    {"describe by HEAD, who has the right to GET it", "the mesh is asked by GET, so the right to GET it counts for all"},
    {"describe below the node's name", "the mesh has a right for each page below its name, and cannot be asked for it without making the request"},
    {"below the node's name, tester", "the mesh has a right for each page below its name, and cannot be asked for it without making the request"},
    {"login below the node's name", "the mesh has a right for each page below its name, and cannot be asked for it without making the request"},
    {"as a user that there is not, _ADMIN", "to the gateway the mesh says of it that access is denied"},
    {"as a number, _ADMIN", "to the gateway the mesh says of it that access is denied"},
    {"as \"\", tester", "no name is nobody to act for"},
    {"as 0, tester", "no name is nobody to act for"},
    {"body that is no UTF-8", "no value is changed on its way"},
    {"half a surrogate pair", "no value is changed on its way"},
    {"JSON of 100 levels", "limits are told, not run into"},
    {"a body of 200 kB", "`limits.http_body` is another limit"},
    {"/rest/describes, tester", "there is nothing there, whoever asks"},
    {"/rest/describes, _ADMIN", "there is nothing there, whoever asks"},
    {"/rest, tester", "there is nothing there, whoever asks"},
    {"/rest, _ADMIN", "there is nothing there, whoever asks"},
    {"/rest/nothing, tester", "there is nothing there, whoever asks"},
    {"/rest/nothing, _ADMIN", "there is nothing there, whoever asks"},
    {"/REST/describe, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/describe/, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/describe/x, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/describe.x, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/testnode/rest/describe, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/TestNode/rest/describe/, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/METHOD/componentName/methodName, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/Rest/method/componentName/methodName, tester", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/login/", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/REST/login", "the mesh has a right for each page as it is written, and cannot be asked for it without making the request"},
    {"/rest/method", "the right to the call is looked for, not one to the page"},
    {"an empty segment", "the mesh fails by an exception; to the gateway it is the name of another mesh"},
    {"an array that is shorter than the parameters", "the mesh puts its callback in the place of the first that is missing; the gateway fills them up with null, as by name"},
    {"an empty array", "the mesh puts its callback in the place of the first that is missing; the gateway fills them up with null, as by name"},
    {"query ?encoded_parameters=%zz", "the same status; the words are those of V8"},
    {"query ?encoded_parameters=%7B%7D&encoded_parameters=%7B%7D", "the same status; the words are those of V8"},
    {"query ?encoded_parameters=&encoded_parameters=", "the same status; the words are those of V8"},
    {"query ?encoded_parameters=%7B%22parameters%22:%7B%22a%22:%2210%25%22%7D%7D", "the same status; the words are those of V8"},
    {"/Test%4Eode/rest/method/componentName/methodName, tester", "there is nothing there, whoever asks"},
    {"/Test%4Eode/rest/method/componentName/methodName, _ADMIN", "there is nothing there, whoever asks"},
    {"Content-Type: application/json; charset=utf-7", "no value is changed on its way: JSON is UTF-8"},
    {"$restParams of parameters \"x\"", "an object of the characters of a text is nothing that anybody wants, and ten times as large"},
    {"$origin of tester", "the call comes from the caller's own session on the mesh, not from the mesh's web server"},
    {"$origin of _ADMIN", "the call comes from the caller's own session on the mesh, not from the mesh's web server"},
};
// clang-format on

// --- asking ----------------------------------------------------------------------------------------

struct Seen {
    int status = 0;
    std::string type;
    std::string body;
    bool blanks = false;  // after commas
    bool operator==(const Seen&) const = default;
};

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

std::string short_text(std::string text) {
    constexpr std::size_t longest = 110;
    for (char& c : text) {
        if (c == '|') c = '/';
        if (c == '`') c = '\'';
        if (c == '\n') c = ' ';
    }
    return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

std::string cell(const Seen& seen) {
    std::string text = std::to_string(seen.status);
    if (!seen.type.empty()) text += ' ' + seen.type.substr(0, seen.type.find(';'));
    if (!seen.body.empty()) text += " `" + short_text(seen.body) + '`';
    return text;
}

/// Numbers reasons by the order in which they are first given.
class Notes {
public:
    std::string mark(const std::string& reason) {
        const auto known = std::ranges::find(reasons_, reason);
        const auto number = known - reasons_.begin() + 1;
        if (known == reasons_.end()) reasons_.push_back(reason);
        return '[' + std::to_string(number) + ']';
    }
    std::string text() const {
        std::string notes;
        for (std::size_t i = 0; i < reasons_.size(); ++i)
            notes += "\n[" + std::to_string(i + 1) + "] " + reasons_[i] + ".\n";
        return notes;
    }

private:
    std::vector<std::string> reasons_;
};

/// Equal rows of several meshes are one; rows of one request stand together.
class Table {
public:
    void add(const Kind& kind, const std::string& name, const Seen& happners, const Seen& gateways) {
        auto request = std::ranges::find(requests_, name, &Request::name);
        if (request == requests_.end()) request = requests_.insert(request, {name, {}});
        const std::pair answers{cell(happners), cell(gateways)};
        auto row = std::ranges::find(request->rows, answers, &Row::answers);
        if (row == request->rows.end()) row = request->rows.insert(row, {answers, {}});
        row->meshes.push_back(kind.name());
    }
    std::string text() const {
        std::string table = "| request | asked on | happner | the gateway | why |\n|---|---|---|---|---|\n";
        Notes notes;
        for (const auto& [name, rows] : requests_) {
            for (const auto& [answers, meshes] : rows)
                table += "| " + name + " | " + list(meshes) + " | " + answers.first + " | " + answers.second +
                         " | " + notes.mark(reasons.at(name)) + " |\n";
        }
        return table + notes.text() + '\n';
    }

private:
    struct Row {
        std::pair<std::string, std::string> answers;
        std::vector<std::string> meshes;
    };
    struct Request {
        std::string name;
        std::vector<Row> rows;
    };
    static std::string list(const std::vector<std::string>& meshes) {
        if (meshes.size() == std::size(kinds)) return "all";
        std::string text;
        for (const std::string& mesh : meshes)
            text += (text.empty() ? "" : ", ") + mesh;
        return text;
    }
    std::vector<Request> requests_;
};

TEST(RestDifferences, AreWhatTheDocsListAndNothingElse) {
    Table table;
    std::set<std::string> differing;
    for (const Kind& kind : kinds) {
        Sides sides{kind};
        for (const auto& some : {logins(),
                                 descriptions(),
                                 paths(),
                                 spellings(),
                                 delegations(),
                                 bodies(),
                                 written_names(),
                                 types(),
                                 encoded_queries(),
                                 filled_in(),
                                 tokens(),
                                 pages()}) {
            for (const Asked& asked : some) {
                const Seen happners = sides.happners(asked), gateways = sides.gateways(asked);
                if (happners == gateways) continue;
                const bool listed = reasons.contains(asked.name);
                EXPECT_TRUE(listed) << kind.name() << ": " << asked.name << "\nhappner: " << cell(happners)
                                    << "\nthe gateway: " << cell(gateways);
                if (listed) table.add(kind, asked.name, happners, gateways);
                differing.insert(asked.name);
            }
        }
    }
    for (const auto& [name, why] : reasons)
        EXPECT_TRUE(differing.contains(name)) << name << ": no difference any more";
    expect_in_docs("rest-differences", table.text());
}

/// Names that every object has in JavaScript: a mesh that is asked for such a method by REST ends (13.1.1).
TEST(RestDifferences, NoNameEndsAMesh) {
    for (const bool secure : {false, true}) {
        Sides sides{{"13.1.1", secure, 4}};
        const auto status = [&](const std::string& path) {
            return sides.gateways({path, Who::admin, "POST", "/rest/method/" + path, plain, {}}).status;
        };
        for (const char* name : {"__proto__", "constructor", "toString"}) {
            EXPECT_EQ(status(std::string{"componentName/"} + name), 404) << name;
            EXPECT_EQ(status(name + std::string{"/methodName"}), 404) << name;
        }
        EXPECT_EQ(status("componentName/methodName"), 200) << "the mesh goes on";
    }
}

}  // namespace
