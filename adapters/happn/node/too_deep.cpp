#include "adapters/happn/node/too_deep.hpp"

#include <array>
#include <cstddef>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/node/state.hpp"
#include "gateway/json.hpp"

namespace happn::node {

namespace {

/// The text may be anything: brackets outside strings are counted, whether they fit or not.
bool nested_too_deeply(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            at = scan::skip_string(text, at) - 1;
        } else if (c == '{' || c == '[') {
            if (++depth > gateway::json::max_depth) {
                return true;
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}

}  // namespace

std::optional<std::string> without_depth(std::string_view text) {
    if (!nested_too_deeply(text)) {
        return std::nullopt;
    }
    static constexpr std::array<std::string_view, 4> kept{"action", "eventId", "path", "sessionId"};
    std::array<std::string_view, kept.size()> values;
    scan::members(text, [&](std::string_view key, std::string_view value) {
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (key.size() == kept[i].size() + 2 && key.substr(1, kept[i].size()) == kept[i] &&
                value.size() <= max_path) {
                values[i] = value;
            }
        }
    });
    std::string request;
    ObjectWriter writer{request};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        writer.optional_raw(kept[i], values[i]);
    }
    writer.end();
    // What was cut from unread text is read now.
    const auto frame = Frame::parse(request);
    return frame && !frame->action.empty() ? std::optional{std::move(request)} : std::nullopt;
}

}  // namespace happn::node
