// What of the mirror a path means. Happner mounts its three middlewares on a web server (connect) that
// compares their paths in any case, and up to the end, a `/` or a `.`: `/REST/describe/` is `/rest/describe`.
// Pure.
#pragma once

#include <optional>
#include <string_view>

namespace rest {

struct RestPath {
    enum class What { login, describe, method, nothing };
    What what = What::nothing;
    std::string_view call;  // of a method: what comes after, without its first slash
};

/// `path` begins with "/rest" or with the node's name before it; nullopt: it is not of the mirror. All below
/// "/rest" in lower case is.
std::optional<RestPath> read_rest_path(std::string_view path, std::string_view node_name);

}  // namespace rest
