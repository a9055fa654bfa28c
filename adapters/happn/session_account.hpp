// What a login answers, as happner shows a session to a method that asks for `$userSession`: the same members
// for each generation, without the token. Pure (measured on happner-2 2.13.0 and 13.1.1).
#pragma once

#include <string>
#include <string_view>

namespace happn {

/// `login`: the data of the answer to a login, a valid JSON object. `id` is the session that calls are made
/// by, which is also the one of the `$origin` that the method sees. `type` is 0, as of any request over HTTP.
std::string session_account(std::string_view login);

}  // namespace happn
