#include "adapters/rest/call_path.hpp"

#include <vector>

namespace rest {
namespace {

constexpr std::size_t max_segments = 4;
constexpr std::size_t segments_with_mesh = 3;

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    for (;;) {
        const auto slash = path.find('/');
        segments.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos || segments.size() > max_segments) return segments;
        path.remove_prefix(slash + 1);
    }
}

/// From the end: the method, before it the component, before that the mesh.
CallPath from_the_end(std::vector<std::string>& segments) {
    CallPath path;
    for (auto* part : {&path.method, &path.component, &path.mesh}) {
        if (segments.empty()) break;
        *part = std::move(segments.back());
        segments.pop_back();
    }
    return path;
}

/// From the begin, where exactly three segments begin with the mesh.
CallPath from_the_begin(std::vector<std::string>& segments) {
    CallPath path;
    std::size_t next = 0;
    if (segments.size() == segments_with_mesh) path.mesh = std::move(segments[next++]);
    path.component = std::move(segments[next++]);
    if (next < segments.size()) path.method = std::move(segments[next]);
    return path;
}

}  // namespace

CallPath read_call_path(std::string_view text, const Dialect& dialect) {
    auto segments = split(text);
    if (segments.size() > max_segments) {
        CallPath path;
        path.too_long = true;
        return path;
    }
    return dialect.path_from_the_end ? from_the_end(segments) : from_the_begin(segments);
}

}  // namespace rest
