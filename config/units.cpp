#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

namespace config {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Smallest first; every unit is a multiple of the one before.
constexpr std::array time_units{
    Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
constexpr std::array size_units{
    Unit{"B", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024 * 1024}, Unit{"GiB", 1024 * 1024 * 1024}};

// A hundred years of milliseconds fit into the clock's nanoseconds with room for adding them to now.
constexpr std::uint64_t max_milliseconds = 100ULL * 365 * 86'400'000;
constexpr std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max() / 2;

std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
    std::uint64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{}) return std::nullopt;
    const std::string_view spelled{end, static_cast<std::size_t>(text.data() + text.size() - end)};
    const auto unit =
        std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == spelled; });
    if (unit == units.end() || number > limit / unit->factor) return std::nullopt;
    return number * unit->factor;
}

std::string text_of(std::uint64_t amount, std::span<const Unit> units) {
    const auto* best = &units.front();
    for (const auto& unit : units) {
        if (amount >= unit.factor && amount % unit.factor == 0) best = &unit;
    }
    return std::to_string(amount / best->factor) + std::string{best->name};
}

}  // namespace

std::optional<gateway::Duration> parse_duration(std::string_view text) {
    const auto amount = parse(text, time_units, max_milliseconds);
    if (!amount) return std::nullopt;
    return gateway::Milliseconds{static_cast<std::int64_t>(*amount)};
}

std::optional<std::size_t> parse_size(std::string_view text) {
    return parse(text, size_units, max_bytes);
}

std::optional<double> parse_rate(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    std::size_t events = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + slash, events);
    if (error != std::errc{} || end != text.data() + slash || events == 0) return std::nullopt;
    const std::string_view unit = text.substr(slash + 1);
    const double seconds = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
    if (seconds == 0) return std::nullopt;
    return static_cast<double>(events) / seconds;
}

std::string duration_text(gateway::Duration duration) {
    const auto amount = std::chrono::duration_cast<gateway::Milliseconds>(duration).count();
    return text_of(static_cast<std::uint64_t>(std::max<std::int64_t>(amount, 0)), time_units);
}

std::string size_text(std::size_t bytes) {
    return text_of(bytes, size_units);
}

}  // namespace config
