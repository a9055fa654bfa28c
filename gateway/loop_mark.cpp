#include "gateway/loop_mark.hpp"

#include <charconv>

namespace gateway {

namespace {
constexpr std::size_t longest_id = 64;
}

std::string loop_mark(std::string_view gateway_id, int hops) {
    std::string mark{gateway_id};
    mark += ';';
    mark += std::to_string(hops);
    return mark;
}

Origin read_loop_mark(std::string_view mark) {
    const std::size_t semicolon = mark.find(';');
    if (semicolon == std::string_view::npos || semicolon == 0 || semicolon > longest_id) return {};
    Origin origin;
    const char* const end = mark.data() + mark.size();
    const auto [stop, error] = std::from_chars(mark.data() + semicolon + 1, end, origin.hops);
    if (error != std::errc{} || stop != end || origin.hops < 0) return {};
    origin.gateway_id = mark.substr(0, semicolon);
    return origin;
}

}  // namespace gateway
