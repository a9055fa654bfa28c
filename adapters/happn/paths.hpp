// Paths, channels and exchange addresses of happn: what may be in them and how they are put together. Pure
// functions.
//
//   channel            /SET@/a/b   /REMOVE@/a/*   /ALL@/a/**      what `on` and `off` name
//   exchange request   /_exchange/requests/<domain>/<component>/<method>
//   exchange answer    /_exchange/responses/<session>/<domain>/<component>/<method>/<seq>   on an insecure
//   mesh
//                      /_exchange/responses/<domain>/<component>/<method>/<session>/<seq>   on a secure one
//   event              /_events/<domain>/<component>/<key>
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace happn {

inline constexpr std::string_view request_prefix = "/_exchange/requests/";
inline constexpr std::string_view response_prefix = "/_exchange/responses/";
inline constexpr std::string_view schema_description = "/mesh/schema/description";
inline constexpr std::string_view schema_config = "/mesh/schema/config";
inline constexpr int default_depth = 5;  // levels that a trailing `**` covers on happn-3 12 and later

/// What happn-3 12 and later accept: one or more of a-z A-Z 0-9 / ( ) { } + = & : % @ . _ * - and white
/// space.
bool legal_path(std::string_view path);
/// The same without `*`, which a set path must not hold.
bool legal_set_path(std::string_view path);

enum class ChannelWord : std::uint8_t { set, remove, all };

struct Channel {
    ChannelWord word = ChannelWord::all;
    std::string_view path;
};

/// nullopt: there is no /SET@, /REMOVE@ or /ALL@ in front.
std::optional<Channel> parse_channel(std::string_view channel);
/// Of who wants sets, removes, or both.
ChannelWord channel_word(bool sets, bool removes);
std::string make_channel(ChannelWord word, std::string_view path);

struct RequestPath {
    std::string_view domain;
    std::string_view component;
    std::string_view method;
};
std::optional<RequestPath> parse_request_path(std::string_view path);
std::string make_request_path(std::string_view domain, std::string_view component, std::string_view method);

/// Which of the two callback formats a session uses, and what it must be subscribed to.
struct ResponseAddress {
    std::string path;  // the callbackAddress
    std::string
        channel;  // its subscription: one for the session when insecure, one for each method when secure
};
ResponseAddress insecure_response(std::string_view session,
                                  const RequestPath& method,
                                  std::uint64_t sequence);
/// The same address; where `*` is one segment the subscription needs four of them.
ResponseAddress modern_insecure_response(std::string_view session,
                                         const RequestPath& method,
                                         std::uint64_t sequence);
ResponseAddress secure_response(std::string_view session, const RequestPath& method, std::uint64_t sequence);

/// Subscriptions of happn-3 12 and later: `*` is exactly one segment, a trailing `**` one to `depth`
/// segments, `*` alone everything; `*` inside a segment never matches. A leading slash does not count.
bool matches_new(std::string_view pattern, std::string_view path, int depth = default_depth);
/// `get` and `remove` there, and subscriptions before: `*` is any run of characters, slashes included.
bool matches_stored(std::string_view pattern, std::string_view path);
/// Subscriptions of happn-3 1.x: as matches_stored, but the path may go on after the pattern ends in `*` or
/// has one.
bool matches_old(std::string_view pattern, std::string_view path);

}  // namespace happn
