// What can go wrong, as values. `Errc` says who must do what; `name`, `code` and `message` are what the
// caller is shown, in the words of whoever refused (the mesh's own, where the mesh refused). Names of the
// gateway's own errors are those that mapping files use in `errors:`.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "gateway/bytes.hpp"

namespace gateway {

enum class Errc {
    timeout,        // no answer by the deadline
    access_denied,  // known, and not allowed to
    unauthorized,   // not known: no credential, or one that is not accepted
    not_found,      // no such route, component, method or item
    bad_request,    // the request itself is wrong: syntax, shape, type
    offline,        // the device behind the call is known to be away
    overloaded,     // a queue or limit is full; try again later
    unavailable,    // the connection to the target is down; try again later
    refused,        // the target understood and said no
    http_error,     // an HTTP target answered outside its `ok`
    mesh_error,     // a mesh method or the mesh itself answered with an error
    cancelled,      // the caller has gone, or the gateway is stopping
};

/// The name mapping files and answers use: "Timeout", "AccessDenied", ...
std::string_view error_name(Errc errc);

struct Error {
    Error() = default;
    Error(Errc kind, std::string text);  // name from error_name(kind), code 0
    Error(Errc kind, std::string error_name, int error_code, std::string text);

    Errc errc = Errc::mesh_error;
    std::string name;     // "AccessDenied", "TypeError", ...
    int code = 0;         // as the other side gave it; 0: none
    std::string message;  // one line, no secrets
    Bytes detail;         // the whole error object as JSON text, as the other side gave it; may be empty
};

template <typename T>
using Result = boost::system::result<T, Error>;

/// Only start-up code asks a Result for a value it does not have.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace gateway
