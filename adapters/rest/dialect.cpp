#include "adapters/rest/dialect.hpp"

namespace rest {
namespace {

constexpr Dialect oldest{
    .login_refused = 500,
    .auth_login_refused = 403,
    .refused_code = 403,
    .unreadable = 500,
    .knows_tokens_at_login = false,
    .knows_bearer = false,
    .knows_delegation = false,
    .knows_positions = false,
    .knows_request_fields = false,
    .keeps_falsy = false,
    .takes_any_rest_parameters = true,
    .looks_at_length_first = false,
    .path_from_the_end = false,
    .between = ", ",
    .shows_stacks = true,
    .has_error_pages = false,
    .lists_rest = true,
    .page_refused = 403,
    .page_refusal = "happn_token cookie missing in request",
    .page_challenge = {},
    .logout_refusal = "unauthorized access to path /@HTTP/auth/logout",
};

constexpr Dialect newest{
    .login_refused = 401,
    .auth_login_refused = 401,
    .refused_code = 401,
    .unreadable = 400,
    .knows_tokens_at_login = true,
    .knows_bearer = true,
    .knows_delegation = true,
    .knows_positions = true,
    .knows_request_fields = true,
    .keeps_falsy = true,
    .takes_any_rest_parameters = false,
    .looks_at_length_first = true,
    .path_from_the_end = true,
    .between = ",",
    .shows_stacks = false,
    .has_error_pages = true,
    .lists_rest = false,
    .page_refused = 401,
    .page_refusal = "invalid token format or null token",
    .page_challenge = "happn-auth",
    .logout_refusal = "logouts over http are not allowed",
};

}  // namespace

const Dialect& dialect_of(int number) {
    return number == 1 ? oldest : newest;
}

}  // namespace rest
