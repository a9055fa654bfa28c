#include "adapters/rest/access_log.hpp"

#include <algorithm>

#include "gateway/log.hpp"

namespace rest {
namespace {

constexpr std::size_t longest_path = 512;
constexpr std::size_t longest_user = 256;
constexpr std::size_t longest_id = 64;

bool is_word(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '='; });
}

/// In quotes where a reader could mistake its end.
void append(std::string& out, std::string_view key, std::string_view value) {
    out += out.empty() ? "" : " ";
    out += key;
    out += '=';
    if (!value.empty() && is_word(value)) {
        out += value;
        return;
    }
    out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

std::string_view start_of(std::string_view text, std::size_t longest) {
    return text.substr(0, longest);
}

}  // namespace

std::string access_line(const Access& access, const AccessAnswer& answer) {
    std::string line;
    append(line, "method", access.method);
    append(line, "path", start_of(access.path, longest_path));
    append(line, "status", std::to_string(answer.status));
    append(line, "bytes", std::to_string(answer.bytes));
    const std::chrono::duration<double, std::milli> took = answer.at - access.began;
    append(line, "ms", fmt::format("{:.1f}", took.count()));
    append(line, "client", access.client);
    if (!access.user.empty()) append(line, "user", start_of(access.user, longest_user));
    append(line, "id", access.id);
    return line;
}

void log_access(const Access& access, int status, std::size_t bytes) {
    gateway::log::info("access {}", access_line(access, {status, bytes, gateway::Clock::now()}));
}

std::string_view request_id(const HttpRequest& request, std::string_view made) {
    const std::string_view given = request.header("x-request-id");
    return given.empty() || given.size() > longest_id || !is_word(given) ? made : given;
}

}  // namespace rest
