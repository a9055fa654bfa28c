#include "gateway/expression/template.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "gateway/expression/braces.hpp"
#include "gateway/expression/expression.hpp"

namespace gateway {

std::string_view refusal_name(Refusal refusal) {
    switch (refusal) {
        case Refusal::capture:
            return "capture";
        case Refusal::absent:
            return "absent";
        case Refusal::reserved:
            return "reserved";
        case Refusal::parameters:
            return "parameters";
        case Refusal::allow:
            return "allow";
        case Refusal::limit:
            return "limit";
        case Refusal::encode:
            return "encode";
    }
    return "absent";
}

std::string no_value(std::string_view what, std::string_view why) {
    std::string text{what};
    text += " has no value";
    return why.empty() ? text : text.append(": ").append(why);
}

void throw_exception_from_error(const Refused& refused, const boost::source_location&) {
    throw std::runtime_error{std::string{refusal_name(refused.reason)} + ": " + refused.detail};
}

Parsed<Template> Template::parse(std::string_view text, const Scope& scope) {
    return parse_with(text, scope, false);
}

Parsed<Template> Template::parse_with(std::string_view text, const Scope& scope, bool wildcards) {
    const auto parts = split_braces(text);
    if (!parts) return parts.error();
    Template made;
    made.literals_.emplace_back();
    for (const auto& part : *parts) {
        if (!part.expression) {
            made.literals_.back() += part.text;
            continue;
        }
        auto expression = Expression::parse(part.text, part.offset, scope, wildcards);
        if (!expression) return std::move(expression).error();
        const bool alone = parts->size() == 1;
        if (expression->root == Root::constant && !alone && !expression->constant.absent()) {
            made.literals_.back() += expression->constant.to_text();
            continue;
        }
        made.expressions_.push_back(std::make_shared<const Expression>(*std::move(expression)));
        made.literals_.emplace_back();
    }
    return made;
}

bool Template::constant() const {
    return std::ranges::all_of(expressions_, [](const auto& one) { return one->root == Root::constant; });
}

std::string Template::text() const {
    std::string text = literals_.empty() ? std::string{} : literals_.front();
    for (std::size_t at = 0; at < expressions_.size(); ++at)
        text.append("{").append(expressions_[at]->text).append("}").append(literals_[at + 1]);
    return text;
}

bool Template::is_text() const {
    return expressions_.size() != 1 || !literals_.front().empty() || !literals_.back().empty();
}

std::string Template::why_absent(const Evaluation& evaluation) const {
    for (const auto& one : expressions_) {
        if (auto why = one->why_absent(evaluation); !why.empty()) return why;
    }
    return {};
}

bool Template::reads_payload() const {
    return std::ranges::any_of(expressions_, [](const auto& one) { return one->reads_payload(); });
}

bool Template::needs_payload() const {
    return std::ranges::any_of(expressions_, [](const auto& one) { return one->needs_payload(); });
}

Expanded<Value> Template::evaluate(const Evaluation& evaluation) const {
    if (expressions_.empty()) return Value::text(literals_.empty() ? std::string_view{} : literals_.front());
    if (!is_text()) {
        auto operand = expressions_.front()->evaluate(evaluation);
        if (!operand) return std::move(operand).error();
        return operand->to_value();
    }
    std::string text = literals_.front();
    for (std::size_t at = 0; at < expressions_.size(); ++at) {
        auto operand = expressions_[at]->evaluate(evaluation);
        if (!operand) return std::move(operand).error();
        if (operand->absent()) return Value{};
        text += operand->to_text();
        text += literals_[at + 1];
    }
    return Value::text(text);
}

}  // namespace gateway
