// Durations `250ms 5s 1m 1h 1d`, rates `50/s` and sizes `512B 64KiB 10MiB 1GiB`, as configuration and mapping
// files write them: a whole number and a unit, no blanks. nullopt: not written so, or too large to hold.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/clock.hpp"

namespace config {

inline constexpr std::string_view duration_pattern = "^[0-9]+(ms|s|m|h|d)$";
inline constexpr std::string_view size_pattern = "^[0-9]+(B|KiB|MiB|GiB)$";
inline constexpr std::string_view rate_pattern = "^[0-9]+/(s|m|h)$";

std::optional<gateway::Duration> parse_duration(std::string_view text);
std::optional<std::size_t> parse_size(std::string_view text);
/// `50/s`, `5/m`, `100/h`: at least one, in events a second.
std::optional<double> parse_rate(std::string_view text);

/// As parse_* reads them, in the largest unit that leaves a whole number.
std::string duration_text(gateway::Duration duration);
std::string size_text(std::size_t bytes);

}  // namespace config
