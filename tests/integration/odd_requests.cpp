#include "tests/integration/odd_requests.hpp"

#include <iterator>
#include <utility>

namespace support {
namespace {

const std::string gzipped{
    "\037\213\010\000\000\000\000\000\000\003\253\126\052\110\054\112\314\115\055\111\055\052\126\262\252\126"
    "\112\124\262\062\254\255\005\000\267\214\153\332\026\000\000\000",
    42};  // `usual_body`
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
    encoded("body said to be gzip", "gzip", usual_body);
    encoded("body in a coding that nobody knows", "nonsense", usual_body);
    typed("body with a byte order mark", "\xef\xbb\xbf" + usual_body);
    typed("body in a charset that is not Unicode", usual_body, "iso-8859-1");
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
            list.push_back({path + user, who, "POST", path, usual_body, {}});
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
                                   "application/json, text/usual_body",
                                   "application/vnd.api+json",
                                   "text/json"}) {
        Asked asked{"Content-Type: " + type};
        asked.body = usual_body;
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
        asked.body = usual_body;
        asked.headers["Authorization"] = authorization;
        list.push_back(std::move(asked));
    }
    for (const std::string query : {"?happn_token=TOKEN",
                                    "?happn_token=TOKEN&happn_token=bad",
                                    "?happn_token=bad&happn_token=TOKEN",
                                    "?happn_token=TOKEN&happn_token=TOKEN",
                                    "?happn_token=&happn_token="})
        list.push_back({"query " + query, Who::stranger, "POST", Asked{}.target + query, usual_body, {}});
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

/// By tests/peers/odd_methods.js.
std::vector<Asked> failures() {
    std::vector<Asked> list;
    for (const auto& [error, method] : {std::pair{"a name of its own", "ownName"},
                                        std::pair{"a TypeError with a name of its own", "ownNameOfAnother"},
                                        std::pair{"a TypeError", "inheritedName"},
                                        std::pair{"a name that its class has", "nameOfItsClass"},
                                        std::pair{"`TypeError` for a name of its own", "ownBuiltInName"},
                                        std::pair{"no message", "withoutMessage"},
                                        std::pair{"an empty message", "emptyMessage"},
                                        std::pair{"a cause", "withCause"},
                                        std::pair{"a stack of its own", "withStack"},
                                        std::pair{"the message `unauthorized`", "unauthorized"},
                                        std::pair{"`{custom:1,code:5}`", "object"},
                                        std::pair{"`{message:...}`", "objectWithMessage"},
                                        std::pair{"`{message,name,stack}`", "objectLikeAnError"},
                                        std::pair{"`{}`", "emptyObject"},
                                        std::pair{"`['a','b']`", "list"},
                                        std::pair{"`'just text'`", "text"},
                                        std::pair{"42", "number"},
                                        std::pair{"true", "yes"},
                                        std::pair{"0", "zero"},
                                        std::pair{"false", "no"},
                                        std::pair{"`''`", "emptyText"},
                                        std::pair{"an object that is thrown", "throwsAnObject"},
                                        std::pair{"an object, of a promise", "rejectsWithAnObject"},
                                        std::pair{"nothing, of a promise", "rejectsWithNothing"}})
        list.push_back({std::string{"a method's error: "} + error,
                        Who::admin,
                        "POST",
                        std::string{"/rest/method/oddMethods/"} + method,
                        "{}",
                        {}});
    return list;
}

std::vector<Asked> declarations() {
    std::vector<Asked> list;
    for (const auto& [declared, method] :
         {std::pair{"`(callback, a)`", "callbackFirst"},
          std::pair{"`(a, callback, b)`", "callbackBetween"},
          std::pair{"`(a, callback, $restParams)`", "callbackBeforeRestParams"},
          std::pair{"`(a, $userSession, b, callback)`", "sessionBetween"}})
        list.push_back({std::string{"a method declared "} + declared,
                        Who::admin,
                        "POST",
                        std::string{"/rest/method/oddMethods/"} + method,
                        R"({"parameters":{"a":1,"b":2}})",
                        {}});
    for (const std::string method : {"answersTwice", "lineSeparators"})
        list.push_back(
            {"oddMethods/" + method, Who::admin, "POST", "/rest/method/oddMethods/" + method, "{}", {}});
    return list;
}

}  // namespace

std::vector<Asked> odd_requests() {
    std::vector<Asked> all;
    for (auto& some : {logins(),
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
                       pages(),
                       failures(),
                       declarations()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

}  // namespace support
