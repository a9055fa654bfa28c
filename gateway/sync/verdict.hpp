// What is to be done about one pair of addresses of a two-way route after a gap. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/route.hpp"
#include "gateway/sync/known_values.hpp"

namespace gateway::sync {

struct Findings {
    bool at_a = false, at_b = false;  // is a value there?
    bool same = false;                // both, and they mean the same
    std::optional<End> newer = {};    // whose value is the newer one, as far as anybody knows
    std::optional<End> removed_at =
        {};  // a remove was seen there, and the other value is still the one before
    bool a_is_empty = false, b_is_empty = false;  // nothing at all is there, at any address

    bool at(End end) const { return end == End::a ? at_a : at_b; }
    bool is_empty(End end) const { return end == End::a ? a_is_empty : b_is_empty; }
};

struct Verdict {
    enum class Kind : std::uint8_t {
        same,
        carry,      // the value at `from` to the other end
        remove,     // that there is none at `from`, to the other end
        undecided,  // they differ, and nobody knows which is newer: both stay
    };
    Kind kind = Kind::same;
    End from = End::a;

    bool operator==(const Verdict&) const = default;
};

/// That nothing is there says little: a broker or a mesh that was restarted may have lost what it kept. So it
/// is carried as a remove only if it was seen when it happened, or if the rule says so (`removes_missing`);
/// and never from an end that holds nothing at all.
Verdict verdict_on(const Findings& findings, const Resync& rule);

}  // namespace gateway::sync
