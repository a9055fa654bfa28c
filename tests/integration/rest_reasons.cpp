#include "tests/integration/rest_reasons.hpp"

#include <vector>

namespace support {
namespace {

struct Reason {
    const char* why;
    std::vector<const char*> requests;
};

const std::vector<Reason> all_reasons{
    {"the mesh's own web pages are not there",
     {"/auth/login without a user",
      "/auth/login without a user, with a password",
      "/auth/login without a password",
      "/auth/login with a wrong password",
      "/auth/logout without a token",
      "/auth/logout with a bad token",
      "/auth/logout by GET, tester",
      "/auth/logout by GET, _ADMIN",
      "/auth/logout by POST, tester",
      "/auth/logout by POST, _ADMIN"}},
    {"an insecure mesh knows nobody, so anybody may log in", {"login, wrong password"}},
    {"the mesh fails by an exception; to the gateway it is as if there were none",
     {"login, the user is a number", "login, the password is a number"}},
    {"the mesh is asked by GET, so the right to GET it counts for all",
     {"describe by POST, who has the right to GET it",
      "describe by PUT, who has the right to GET it",
      "describe by DELETE, who has the right to GET it",
      "describe by HEAD, who has the right to GET it"}},
    {"the mesh has a right for each page below its name, and cannot be asked for it without making the "
     "request",
     {"describe below the node's name", "below the node's name, tester", "login below the node's name"}},
    {"to the gateway the mesh says of it that access is denied",
     {"as a user that there is not, _ADMIN", "as a number, _ADMIN"}},
    {"no name is nobody to act for", {"as \"\", tester", "as 0, tester"}},
    {"no value is changed on its way", {"body that is no UTF-8", "half a surrogate pair"}},
    {"limits are told, not run into", {"JSON of 100 levels"}},
    {"`limits.http_body` is another limit", {"a body of 200 kB"}},
    {"there is nothing there, whoever asks",
     {"/rest/describes, tester",
      "/rest/describes, _ADMIN",
      "/rest, tester",
      "/rest, _ADMIN",
      "/rest/nothing, tester",
      "/rest/nothing, _ADMIN",
      "/Test%4Eode/rest/method/componentName/methodName, tester",
      "/Test%4Eode/rest/method/componentName/methodName, _ADMIN"}},
    {"the mesh has a right for each page as it is written, and cannot be asked for it without making the "
     "request",
     {"/REST/describe, tester",
      "/rest/describe/, tester",
      "/rest/describe/x, tester",
      "/rest/describe.x, tester",
      "/testnode/rest/describe, tester",
      "/TestNode/rest/describe/, tester",
      "/rest/METHOD/componentName/methodName, tester",
      "/Rest/method/componentName/methodName, tester",
      "/rest/login/",
      "/REST/login"}},
    {"the right to the call is looked for, not one to the page", {"/rest/method"}},
    {"the mesh fails by an exception; to the gateway it is the name of another mesh", {"an empty segment"}},
    {"the mesh puts its callback in the place of the first that is missing; the gateway fills them up with "
     "null, as by name",
     {"an array that is shorter than the parameters", "an empty array"}},
    {"the same status; the words are those of V8",
     {"query ?encoded_parameters=%zz",
      "query ?encoded_parameters=%7B%7D&encoded_parameters=%7B%7D",
      "query ?encoded_parameters=&encoded_parameters=",
      "query ?encoded_parameters=%7B%22parameters%22:%7B%22a%22:%2210%25%22%7D%7D"}},
    {"no value is changed on its way: JSON is UTF-8", {"Content-Type: application/json; charset=utf-7"}},
    {"an object of the characters of a text is nothing that anybody wants, and ten times as large",
     {"$restParams of parameters \"x\"", "a method's error: `'just text'`"}},
    {"the call comes from the caller's own session on the mesh, not from the mesh's web server",
     {"$origin of tester", "$origin of _ADMIN"}},
    {"happner shows an error's own name and not its class's; an answer over the exchange does not tell whose "
     "it is, so "
     "the gateway shows any but those of JavaScript's own classes",
     {"a method's error: a name that its class has", "a method's error: `TypeError` for a name of its own"}},
    {"an answer over the exchange has of an error its name, its message and what JavaScript enumerates: "
     "neither its stack nor its cause, and a message even if there is none",
     {"a method's error: no message", "a method's error: a cause", "a method's error: a stack of its own"}},
    {"a method's error is never taken for the mesh's refusal",
     {"a method's error: the message `unauthorized`"}},
    {"what has a name and a message is taken for an error", {"a method's error: `{message,name,stack}`"}},
    {"the library's mark on a rejected promise does not leave the mesh",
     {"a method's error: an object, of a promise"}},
    {"functions do not travel: the mesh appends the callback of a call over the exchange to its arguments, "
     "for other meshes' callers too",
     {"a method declared `(callback, a)`",
      "a method declared `(a, callback, b)`",
      "a method declared `(a, callback, $restParams)`"}},
    {"JSON has no `undefined`", {"a method declared `(a, $userSession, b, callback)`"}},
};

}  // namespace

std::map<std::string, std::string> reasons_by_request() {
    std::map<std::string, std::string> reasons;
    for (const auto& [why, requests] : all_reasons) {
        for (const char* request : requests)
            reasons.emplace(request, why);
    }
    return reasons;
}

}  // namespace support
