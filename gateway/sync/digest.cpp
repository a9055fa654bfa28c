#include "gateway/sync/digest.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gateway/json.hpp"

namespace gateway::sync {
namespace {

Digest digest_of(std::string_view text) {
    constexpr Digest reserved = some_value;  // no_value and some_value mean something else
    const Digest digest = std::hash<std::string_view>{}(text);
    return digest > reserved ? digest : digest + reserved + 1;
}

/// nlohmann sorts the members and writes numbers in one way. Empty: no JSON.
std::string in_one_way(std::string_view text) {
    const auto value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) return {};
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Digest digest_of_bytes(const Payload& payload) {
    return digest_of(payload.bytes.view());
}

Digest digest_of_value(const Payload& payload) {
    const std::string_view bytes = payload.bytes.view();
    if (payload.encoding == Encoding::text) return digest_of(json::quoted(bytes));
    const std::string value = in_one_way(bytes);
    return digest_of(value.empty() ? bytes : std::string_view{value});
}

}  // namespace gateway::sync
