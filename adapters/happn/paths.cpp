#include "adapters/happn/paths.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace happn {

namespace {

constexpr std::array<bool, 256> legal_characters() {
    std::array<bool, 256> legal{};
    for (char c = 'a'; c <= 'z'; ++c) {
        legal[static_cast<unsigned char>(c)] = true;
    }
    for (char c = 'A'; c <= 'Z'; ++c) {
        legal[static_cast<unsigned char>(c)] = true;
    }
    for (char c = '0'; c <= '9'; ++c) {
        legal[static_cast<unsigned char>(c)] = true;
    }
    for (const char c : std::string_view{"/(){}+=&:%@._*- \t\r\n\v\f"}) {
        legal[static_cast<unsigned char>(c)] = true;
    }
    return legal;
}

constexpr auto legal = legal_characters();

std::string_view without_leading_slash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

/// Takes the first segment off; false at the end.
bool next_segment(std::string_view& rest, bool& more, std::string_view& segment) {
    if (!more) {
        return false;
    }
    const auto slash = rest.find('/');
    segment = rest.substr(0, slash);
    more = slash != std::string_view::npos;
    rest = more ? rest.substr(slash + 1) : std::string_view{};
    return true;
}

std::string join(std::string_view prefix, std::string_view a, std::string_view b, std::string_view c) {
    std::string out;
    out.reserve(prefix.size() + a.size() + b.size() + c.size() + 2);
    out.append(prefix).append(a).append(1, '/').append(b).append(1, '/').append(c);
    return out;
}

}  // namespace

bool legal_path(std::string_view path) {
    return !path.empty() &&
           std::all_of(path.begin(), path.end(), [](char c) { return legal[static_cast<unsigned char>(c)]; });
}

bool legal_set_path(std::string_view path) {
    return legal_path(path) && path.find('*') == std::string_view::npos;
}

std::optional<Channel> parse_channel(std::string_view channel) {
    for (const auto& [prefix, word] : {std::pair{std::string_view{"/SET@"}, ChannelWord::set},
                                       std::pair{std::string_view{"/REMOVE@"}, ChannelWord::remove},
                                       std::pair{std::string_view{"/ALL@"}, ChannelWord::all}}) {
        if (channel.starts_with(prefix)) {
            return Channel{word, channel.substr(prefix.size())};
        }
    }
    return std::nullopt;
}

ChannelWord channel_word(bool sets, bool removes) {
    if (sets && removes) {
        return ChannelWord::all;
    }
    return removes ? ChannelWord::remove : ChannelWord::set;
}

std::string make_channel(ChannelWord word, std::string_view path) {
    std::string channel{word == ChannelWord::set      ? "/SET@"
                        : word == ChannelWord::remove ? "/REMOVE@"
                                                      : "/ALL@"};
    return channel.append(path);
}

std::optional<RequestPath> parse_request_path(std::string_view path) {
    if (!path.starts_with(request_prefix)) {
        return std::nullopt;
    }
    path.remove_prefix(request_prefix.size());
    RequestPath parsed;
    bool more = true;
    std::string_view beyond;
    if (!next_segment(path, more, parsed.domain) || !next_segment(path, more, parsed.component) ||
        !next_segment(path, more, parsed.method) || next_segment(path, more, beyond)) {
        return std::nullopt;
    }
    return parsed;
}

std::string make_request_path(std::string_view domain, std::string_view component, std::string_view method) {
    return join(request_prefix, domain, component, method);
}

ResponseAddress insecure_response(std::string_view session,
                                  const RequestPath& method,
                                  std::uint64_t sequence) {
    std::string prefix{response_prefix};
    prefix.append(session).append(1, '/');
    ResponseAddress address{join(prefix, method.domain, method.component, method.method),
                            "/SET@" + prefix + "*"};
    address.path.append(1, '/').append(std::to_string(sequence));
    return address;
}

ResponseAddress modern_insecure_response(std::string_view session,
                                         const RequestPath& method,
                                         std::uint64_t sequence) {
    auto address = insecure_response(session, method, sequence);
    address.channel += "/*/*/*";
    return address;
}

ResponseAddress secure_response(std::string_view session, const RequestPath& method, std::uint64_t sequence) {
    auto prefix = join(response_prefix, method.domain, method.component, method.method);
    prefix.append(1, '/').append(session).append(1, '/');
    return {prefix + std::to_string(sequence), "/SET@" + prefix + "*"};
}

bool matches_new(std::string_view pattern, std::string_view path, int depth) {
    if (pattern == "*") {
        return true;
    }
    pattern = without_leading_slash(pattern);
    path = without_leading_slash(path);
    bool more_pattern = true;
    bool more_path = true;
    std::string_view wanted;
    std::string_view found;
    while (next_segment(pattern, more_pattern, wanted)) {
        if (wanted == "**" && !more_pattern) {
            int levels = 0;
            while (next_segment(path, more_path, found)) {
                ++levels;
            }
            return levels >= 1 && levels <= depth;
        }
        if (!next_segment(path, more_path, found) || (wanted != "*" && wanted != found)) {
            return false;
        }
    }
    return !more_path;
}

namespace {

/// `open`: the path may go on where the pattern has ended.
bool matches_glob(std::string_view pattern, std::string_view path, bool open) {
    // Greedy from the left; only the last star has to be remembered.
    std::size_t p = 0;
    std::size_t s = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (s < path.size()) {
        if (open && p == pattern.size()) {
            return true;
        }
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = s;
        } else if (p < pattern.size() && pattern[p] == path[s]) {
            ++p;
            ++s;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            s = ++retry;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool matches_stored(std::string_view pattern, std::string_view path) {
    return matches_glob(pattern, path, false);
}

bool matches_old(std::string_view pattern, std::string_view path) {
    if (pattern.find('*') == std::string_view::npos) {
        return pattern == path;
    }
    return matches_glob(pattern, path, true);
}

}  // namespace happn
