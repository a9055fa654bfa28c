#include "gateway/expression/address_value.hpp"

#include <algorithm>
#include <array>

#include "gateway/expression/address_rules.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

using Kind = AddressTemplate::Kind;

bool legal(Kind kind, char character) {
    switch (kind) {
        case Kind::mqtt:
            return !control_character(character);
        case Kind::happn:
            return happn_character(character);
        case Kind::call:
            return call_character(character);
    }
    return false;
}

std::optional<std::string> unfit_character(std::string_view value, const AddressValueRules& rules) {
    for (const char character : value) {
        if (character == '/') {
            if (!rules.separators) return "holds '/'";
        } else if (wildcard_character(character) || !legal(rules.kind, character)) {
            return "holds " + character_name(character);
        }
    }
    return std::nullopt;
}

std::optional<std::string> unfit_escape(std::string_view value) {
    constexpr std::array<std::string_view, 4> escapes{"2f", "2F", "2e", "2E"};
    for (auto at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 1)) {
        const auto digits = value.substr(at + 1, 2);
        if (std::ranges::find(escapes, digits) != escapes.end() || digits == "00") {
            return "holds '%" + std::string{digits} + "'";
        }
    }
    return std::nullopt;
}

std::optional<std::string> unfit_level(std::string_view value, bool separators) {
    while (true) {
        const auto slash = separators ? value.find('/') : std::string_view::npos;
        const auto level = value.substr(0, slash);
        if (level.empty()) return "has an empty level";
        if (level == "..") return separators ? "has a level '..'" : "is '..'";
        if (slash == std::string_view::npos) return std::nullopt;
        value.remove_prefix(slash + 1);
    }
}

}  // namespace

std::optional<std::string> unfit_for_address(std::string_view value, const AddressValueRules& rules) {
    if (value.empty()) return "is empty";
    if (auto why = unfit_character(value, rules)) return why;
    if (!json::valid_utf8(value)) return "is not UTF-8";
    if (holds_c1_control(value)) return "holds a control character";
    if (!rules.percent_encoded) {
        if (auto why = unfit_escape(value)) return why;
    }
    return unfit_level(value, rules.separators);
}

bool reserved_address(std::string_view address, Kind kind) {
    constexpr std::string_view schema = "/mesh/schema";
    switch (kind) {
        case Kind::mqtt:
            return address.starts_with('$');
        case Kind::happn:
            if (address.starts_with("/_")) return true;
            return address.starts_with(schema) &&
                   (address.size() == schema.size() || address[schema.size()] == '/');
        case Kind::call:
            return address.substr(0, address.find('/')) == "security";
    }
    return true;
}

}  // namespace gateway
