// How happner's generations differ over REST: one row of facts for each, and nowhere else. Measured on
// happner-2 2.13.0 (dialect 1) and 13.1.1 (dialect 4). `rest.dialect` chooses which of them the mirror
// speaks, whatever generation the mesh behind is of. Constants: any thread.
#pragma once

#include <string_view>

namespace rest {

struct Dialect {
    // statuses
    int login_refused;       // /rest/login: credentials that are missing or wrong
    int auth_login_refused;  // /auth/login
    int refused_code;        // `code` of the error object of both
    int unreadable;          // encoded_parameters that are no JSON, a call path that is too long

    // calls
    bool knows_tokens_at_login;      // {"username","token"} gives a new token
    bool knows_bearer;               // Authorization: Bearer
    bool knows_delegation;           // "as"
    bool knows_positions;            // arguments as an array
    bool knows_request_fields;       // $req_headers, $req_url ...
    bool keeps_falsy;                // 0, false and "" as arguments; else they become null
    bool takes_any_rest_parameters;  // `$restParams` that are no object; else they are {}
    bool looks_at_length_first;      // at the number of segments, before token and body
    bool path_from_the_end;          // METHOD, COMPONENT, MESH are taken from the end of a call path

    // bodies
    std::string_view between;  // the members of an answer
    bool shows_stacks;         // `stack` in error objects
    bool has_error_pages;      // HTML pages; else bare text
    bool lists_rest;           // /rest/describe lists the component `rest`

    // what an HTTP page of a secure node says to whom it does not know
    int page_refused;
    std::string_view page_refusal;
    std::string_view page_challenge;  // WWW-Authenticate; empty: none
    std::string_view logout_refusal;
};

/// `number`: 1, else 4.
const Dialect& dialect_of(int number);

}  // namespace rest
