// Templates: strings with `{...}` expressions (MAPPING language, "Templates"), compiled once and evaluated
// per message. A string that is exactly one expression keeps its JSON type and bytes; anything longer is
// text. Immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/expression/problem.hpp"
#include "gateway/expression/scope.hpp"
#include "gateway/expression/value.hpp"

namespace gateway {

struct Expression;  // one {...}: a root, a path into it, pipes

/// Why a template gave nothing. The names are the reasons counted in metrics and written in mapping tests.
enum class Refusal : std::uint8_t { capture, absent, reserved, parameters, allow, limit, encode };
std::string_view refusal_name(Refusal refusal);

struct Refused {
    Refusal reason = Refusal::absent;
    std::string detail;  // "{device} holds '/'"
};
[[noreturn]] void throw_exception_from_error(const Refused& refused, const boost::source_location& where);

/// "{payload.name} has no value", and why if that is known: see Template::why_absent().
std::string no_value(std::string_view what, std::string_view why);

template <typename T>
using Expanded = boost::system::result<T, Refused>;

class Template {
public:
    Template() = default;
    static Parsed<Template> parse(std::string_view text, const Scope& scope);

    bool constant() const;
    /// As it was written, for messages.
    std::string text() const;
    /// More than one expression: whatever it reads, it gives text.
    bool is_text() const;
    /// Absent if its single expression is; a longer text with an absent part is absent as a whole.
    /// Refused only by pipes that cannot do their work (`int` of "x"): reason absent.
    Expanded<Value> evaluate(const Evaluation& evaluation) const;
    /// More about why evaluate() gives nothing, in words that say nothing of what the payload holds: "the
    /// payload is a list, not an object". Empty: there is no more to say.
    std::string why_absent(const Evaluation& evaluation) const;
    /// Does it read the payload (or out, answer), so that JSON must have been decoded?
    bool reads_payload() const;
    /// The same, and no `default` stands in for what is not there.
    bool needs_payload() const;

private:
    friend class AddressTemplate;
    friend class UrlTemplate;
    static Parsed<Template> parse_with(std::string_view text, const Scope& scope, bool wildcards);
    std::vector<std::string>
        literals_;  // literals_[i] stands before expressions_[i]; one more than expressions
    std::vector<std::shared_ptr<const Expression>> expressions_;
};

/// A target address: substitution is safe by construction. A value that is empty, holds a separator, a
/// wildcard, a control character or NUL, a character the target does not allow, or is `..`, is refused
/// (capture) unless cleaned with |slug or |url; only `{name...}` may bring separators. After expansion `/_*`,
/// `/mesh/schema` and `$...` are refused (reserved) unless the template spells them literally.
class AddressTemplate {
public:
    /// mqtt: a topic; happn: a path; call: "component/method". With `wildcards`, which calls have none of,
    /// the transport's own and `{*name}` may stand in it, in a topic `{*name...}` as well: a filter.
    enum class Kind : std::uint8_t { mqtt, happn, call };

    AddressTemplate() = default;
    static Parsed<AddressTemplate> parse(std::string_view text,
                                         Kind kind,
                                         const Scope& scope,
                                         bool wildcards = false);

    Expanded<std::string> expand(const Evaluation& evaluation) const;
    /// With the wildcards as captures: `{*leaf}` is `{leaf}` there. Only of addresses with wildcards.
    Expanded<AddressPattern> expand_pattern(const Evaluation& evaluation) const;
    /// The names of the captures that expand_pattern() gives, in their order.
    std::vector<CaptureName> wildcard_names() const;
    bool constant() const { return template_.constant(); }
    const std::string& text() const { return text_; }
    /// The addresses it can produce, as a pattern (captures become wildcards): for overlap and loop findings.
    AddressPattern as_pattern() const;

private:
    std::optional<ExpressionProblem> check_literal_parts() const;
    std::optional<ExpressionProblem> check_expressions() const;
    std::optional<ExpressionProblem> check_first_level() const;
    std::optional<ExpressionProblem> check_shape() const;
    std::optional<ExpressionProblem> check_filter() const;
    std::optional<ExpressionProblem> fold_constant();
    bool legal_literal(char character) const;
    bool first_level_is_literal() const;
    bool spells_reserved() const;
    std::optional<Refused> append(std::string& address,
                                  const Expression& expression,
                                  const Evaluation& evaluation) const;
    Expanded<std::string> pattern_text(const Evaluation& evaluation) const;
    std::optional<Refused> check_expanded(std::string_view address) const;

    Template template_;
    std::string text_;
    Kind kind_ = Kind::mqtt;
    bool wildcards_ = false;
    bool spells_reserved_ = false;
};

}  // namespace gateway
