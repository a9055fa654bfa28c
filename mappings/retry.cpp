#include "mappings/retry.hpp"

#include <charconv>

#include "config/units.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::StatusRange;

constexpr int lowest_status = 100;
constexpr int highest_status = 599;

std::optional<int> status_of(std::string_view text) {
    int status = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && status >= lowest_status && status <= highest_status ? std::optional{status}
                                                                        : std::nullopt;
}

/// 1s..1m, or one duration for both.
void read_backoff(const Node& retry, gateway::Retry& rule, const Compilation& compilation) {
    const Node* node = child(retry, "backoff");
    if (node == nullptr) return;
    const std::string_view text = node->text();
    const auto dots = text.find("..");
    const auto first = config::parse_duration(text.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : config::parse_duration(text.substr(dots + 2));
    if (!first || !last || *first > *last || *first <= gateway::Duration::zero()) {
        compilation.error("HG409", node->place(), "'backoff' is a first and a longest wait", "1s..1m");
        return;
    }
    rule.backoff_min = *first;
    rule.backoff_max = *last;
}

void read_when(const Node& retry, gateway::Retry& rule, const Compilation& compilation) {
    const Node* node = child(retry, "when");
    if (node == nullptr) return;
    rule.network = false;
    rule.statuses.clear();
    for (const auto& item : node->items()) {
        if (item.text() == "network") {
            rule.network = true;
        } else if (const auto range = status_range_of(item.text())) {
            rule.statuses.push_back(*range);
        } else {
            compilation.error("HG409",
                              item.place(),
                              "'" + item.text() + "' is nothing to try again for",
                              "network, 429, 500..599 or 5xx");
        }
    }
}

}  // namespace

std::optional<StatusRange> status_range_of(std::string_view text) {
    if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
        const int hundred = (text[0] - '0') * 100;
        return StatusRange{hundred, hundred + 99};
    }
    const auto dots = text.find("..");
    const auto first = status_of(text.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : status_of(text.substr(dots + 2));
    if (!first || !last || *first > *last) return std::nullopt;
    return StatusRange{*first, *last};
}

gateway::Retry compile_retry(const Node& node, gateway::Retry rule, const Compilation& compilation) {
    const Node* retry = child(node, "retry");
    if (retry == nullptr) return rule;
    rule.max = static_cast<int>(integer_of(*retry, "max").value_or(rule.max));
    rule.attempt = duration_of(*retry, "attempt");
    rule.statuses = {{429, 429}, {500, 599}};
    read_backoff(*retry, rule, compilation);
    read_when(*retry, rule, compilation);
    return rule;
}

}  // namespace mappings
