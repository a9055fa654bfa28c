#include "gateway/sync/keys.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>
#include <vector>

namespace gateway::sync {
namespace {

constexpr char separator = '\0';  // in no address

const AddressPattern& pattern_of(const Route& half) {
    const auto* mqtt = std::get_if<MqttSource>(&half.source);
    return mqtt != nullptr ? mqtt->topic : std::get<HappnSource>(half.source).path;
}

std::optional<double> number_of(const Value& value) {
    const std::string_view text = value.json().view();
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return number;
}

template <typename T>
std::optional<End> greater_of(const T& a, const T& b) {
    if (a == b) return std::nullopt;
    return a > b ? End::a : End::b;
}

}  // namespace

std::string key_of(const Route& half, const Captures& captures) {
    if (captures.size() == 1) return captures.front();
    const auto& names = pattern_of(half).names();
    std::vector<std::size_t> order(captures.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return names[i].name; });
    std::string key;
    for (const std::size_t i : order) {
        key += captures[i];
        key += separator;
    }
    return key;
}

std::optional<Captures> captures_of(const Route& half, std::string_view address) {
    return pattern_of(half).match(address);
}

Captures captures_as(const Route& to, const Route& from, const Captures& captures) {
    const auto& theirs = pattern_of(from).names();
    Captures ordered;
    for (const CaptureName& wanted : pattern_of(to).names()) {
        const auto found = std::ranges::find(theirs, wanted.name, &CaptureName::name);
        ordered.push_back(captures[static_cast<std::size_t>(found - theirs.begin())]);
    }
    return ordered;
}

std::optional<End> newer_of(const Value& a, const Value& b) {
    if (a.absent() || b.absent()) {
        if (a.absent() && b.absent()) return std::nullopt;
        return a.absent() ? End::b : End::a;
    }
    if (a.is_string() && b.is_string()) return greater_of(a.to_text(), b.to_text());
    const auto number_a = number_of(a), number_b = number_of(b);
    if (!number_a || !number_b) return std::nullopt;
    return greater_of(*number_a, *number_b);
}

}  // namespace gateway::sync
