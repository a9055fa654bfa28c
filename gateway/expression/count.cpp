#include "gateway/expression/count.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace gateway {
namespace {

std::optional<int> whole_number(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool all = error == std::errc{} && end == text.data() + text.size();
    return all ? std::optional{number} : std::nullopt;
}

}  // namespace

Count::Count(std::string key, Template from, int least)
    : key_{std::move(key)}, from_{std::move(from)}, least_{from_.constant() ? 0 : least} {}

Expanded<Value> Count::evaluate(const Evaluation& evaluation) const {
    auto value = from_.evaluate(evaluation);
    if (!value || value->absent()) return value;
    const auto number = whole_number(value->to_text());
    if (number && *number >= least_ && *number <= most) return Value::integer(*number);
    return Refused{Refusal::parameters,
                   from_.text() + " in '" + key_ + "' is no whole number from " + std::to_string(least_) +
                       " to " + std::to_string(most)};
}

}  // namespace gateway
