#include "adapters/rest/conditional.hpp"

#include <string>

namespace rest {

bool has_already(std::string_view if_none_match, std::string_view etag) {
    while (!if_none_match.empty()) {
        const auto first = if_none_match.find_first_not_of(" \t,");
        if (first == std::string_view::npos) return false;
        if_none_match.remove_prefix(first);
        if (if_none_match.front() == '*') return true;
        if (if_none_match.starts_with("W/")) if_none_match.remove_prefix(2);
        if (!if_none_match.starts_with('"')) return false;  // no list of tags
        const auto end = if_none_match.find('"', 1);
        if (end == std::string_view::npos) return false;
        if (if_none_match.substr(1, end - 1) == etag) return true;
        if_none_match.remove_prefix(end + 1);
    }
    return false;
}

std::string strong_etag(std::string_view etag) {
    return '"' + std::string{etag} + '"';
}

std::string weak_etag(std::string_view etag) {
    return "W/\"" + std::string{etag} + '"';
}

HttpReply not_modified(HttpReply reply) {
    reply.status = 304;
    reply.content_type.clear();
    reply.body = {};
    return reply;
}

}  // namespace rest
