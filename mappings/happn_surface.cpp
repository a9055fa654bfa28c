#include "mappings/happn_surface.hpp"

#include <algorithm>
#include <array>

namespace mappings {
namespace {

constexpr std::array<std::string_view, 4> pages{"/version", "/ping", "/api/client", "/openapi.json"};
constexpr std::array<std::string_view, 3> trees{"/rest", "/primus", "/auth"};  // with all below
constexpr std::array<std::string_view, 3> mirror{"/rest/login", "/rest/describe", "/rest/method"};
constexpr std::string_view browser_scripts = "/browser_";

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_in_any_case_with(std::string_view path, std::string_view start) {
    return path.size() >= start.size() &&
           std::ranges::equal(path.substr(0, start.size()), start, {}, in_lower_case);
}

/// What comes after it begins anew, or nothing does.
bool ends_at(std::string_view path, std::size_t size, std::string_view ends) {
    return path.size() == size || ends.find(path[size]) != std::string_view::npos;
}

}  // namespace

bool is_on_happn_surface(std::string_view path) {
    const auto is_below = [path](std::string_view root) {
        return path.starts_with(root) && ends_at(path, root.size(), "/");
    };
    const auto is_mirrored = [path](std::string_view page) {
        return starts_in_any_case_with(path, page) && ends_at(path, page.size(), "/.");
    };
    return path.starts_with(browser_scripts) || std::ranges::find(pages, path) != pages.end() ||
           std::ranges::any_of(trees, is_below) || std::ranges::any_of(mirror, is_mirrored);
}

}  // namespace mappings
