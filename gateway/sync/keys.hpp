// How the addresses of the two ends of a two-way route find each other: by what they bind. Both ends bind the
// same names, each in its own order. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/route.hpp"
#include "gateway/sync/known_values.hpp"

namespace gateway::sync {

/// The captures of this half's source as one text, the same for both halves.
std::string key_of(const Route& half, const Captures& captures);

/// nullopt: the address is none of this half's.
std::optional<Captures> captures_of(const Route& half, std::string_view address);

/// Those of `from`'s source in the order of `to`'s.
Captures captures_as(const Route& to, const Route& from, const Captures& captures);

/// Which `newest_by` is greater: numbers by value, texts (such as times of ISO 8601) by their characters.
/// nullopt: neither, or they cannot be compared.
std::optional<End> newer_of(const Value& a, const Value& b);

}  // namespace gateway::sync
