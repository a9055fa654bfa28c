#include "gateway/sync/verdict.hpp"

namespace gateway::sync {
namespace {

std::optional<End> preferred(const Resync& rule) {
    switch (rule.prefer) {
        case Prefer::a:
            return End::a;
        case Prefer::b:
            return End::b;
        case Prefer::newest:
            break;
    }
    return std::nullopt;
}

/// Of a value that only one end has.
bool is_removed(End missing, const Findings& findings, const Resync& rule) {
    const auto wins = preferred(rule);
    if (wins && *wins != missing) return false;
    if (findings.removed_at == missing) return true;
    return wins && rule.removes_missing && !findings.is_empty(missing);
}

}  // namespace

Verdict verdict_on(const Findings& findings, const Resync& rule) {
    using Kind = Verdict::Kind;
    if (findings.at_a && findings.at_b) {
        if (findings.same) return {Kind::same};
        const auto wins = rule.prefer == Prefer::newest ? findings.newer : preferred(rule);
        return wins ? Verdict{Kind::carry, *wins} : Verdict{Kind::undecided};
    }
    if (!findings.at_a && !findings.at_b) return {Kind::same};
    const End missing = findings.at_a ? End::b : End::a;
    return is_removed(missing, findings, rule) ? Verdict{Kind::remove, missing}
                                               : Verdict{Kind::carry, other(missing)};
}

}  // namespace gateway::sync
