// The URL of a target: `https://weather.example/v1/{city}?days={days}`. The scheme and the host are constant,
// so that no message decides whom the gateway talks to; values are percent-encoded, and never change which
// level of the path they stand in (RFC 3986 sections 3.2 to 3.4). Immutable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/expression/template.hpp"

namespace gateway {

inline constexpr std::size_t max_url_size = std::size_t{8} * 1024;

class UrlTemplate {
public:
    UrlTemplate() = default;
    static Parsed<UrlTemplate> parse(std::string_view text, const Scope& scope);

    /// A value in the path that is empty, `.`, `..`, or holds '/' or a control character, is refused
    /// (capture); only `{name...}` may bring '/'. In the query anything but a control character may stand.
    Expanded<std::string> expand(const Evaluation& evaluation) const;

    /// "https://weather.example:8443", in lower case.
    const std::string& origin() const { return origin_; }
    /// For people: without the query, which may hold a key.
    std::string shown() const;

private:
    std::optional<ExpressionProblem> fold_constant();
    std::optional<ExpressionProblem> take_origin();
    std::optional<ExpressionProblem> check_literals() const;
    std::optional<ExpressionProblem> check_expressions() const;

    Template template_;
    std::string origin_;
    std::string text_;
};

}  // namespace gateway
