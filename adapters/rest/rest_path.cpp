#include "adapters/rest/rest_path.hpp"

#include <array>
#include <utility>

#include "adapters/rest/http_message.hpp"

namespace rest {
namespace {

using What = RestPath::What;

constexpr std::string_view root = "/rest";
constexpr std::array<std::pair<std::string_view, What>, 3> mounts{
    {{"/rest/login", What::login}, {"/rest/describe", What::describe}, {"/rest/method", What::method}}};

/// What comes after `mount`, with the character that ends it.
std::optional<std::string_view> after(std::string_view path, std::string_view mount) {
    if (!equal_ignoring_case(path.substr(0, mount.size()), mount)) return std::nullopt;
    path.remove_prefix(mount.size());
    return path.empty() || path.front() == '/' || path.front() == '.' ? std::optional{path} : std::nullopt;
}

std::string_view without_slash(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

/// Happner serves all of it under the name of its node as well.
std::string_view without_node_name(std::string_view path, std::string_view node_name) {
    const auto slash = path.find('/', 1);
    if (slash == std::string_view::npos || !after(path.substr(slash), root)) return path;
    return equal_ignoring_case(path.substr(1, slash - 1), node_name) ? path.substr(slash) : path;
}

}  // namespace

std::optional<RestPath> read_rest_path(std::string_view path, std::string_view node_name) {
    const std::string_view plain = without_node_name(path, node_name);
    for (const auto& [mount, what] : mounts)
        if (const auto rest = after(plain, mount)) return RestPath{what, without_slash(*rest)};
    const bool is_below = plain == root || plain.starts_with("/rest/");
    return is_below ? std::optional{RestPath{}} : std::nullopt;
}

}  // namespace rest
