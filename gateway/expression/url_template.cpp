#include "gateway/expression/url_template.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/expression/expression.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

constexpr std::string_view schemes[] = {"http://", "https://"};

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return out;
}

/// What may stand in a URL as it is: RFC 3986 section 2, without the fragment's '#'.
bool url_character(char character) {
    return character > ' ' && character < '\x7F' &&
           std::string_view{"\"<>\\^`{|}#"}.find(character) == std::string_view::npos;
}

bool host_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
           std::string_view{"-._:[]"}.find(character) != std::string_view::npos;
}

bool is_port(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65535;
}

std::string_view port_of(std::string_view authority) {
    const auto behind_address = authority.rfind(']');
    const auto colon = authority.rfind(':');
    const bool has = colon != std::string_view::npos &&
                     (behind_address == std::string_view::npos || colon > behind_address);
    return has ? authority.substr(colon) : std::string_view{};
}

bool is_dots(std::string_view level) {
    return level == "." || level == "..";
}

/// After decoding, as some servers look for these only then.
bool has_dot_level(std::string_view path) {
    while (true) {
        const auto slash = path.find('/');
        const auto level = percent_decoded(path.substr(0, slash));
        if (level && is_dots(*level)) return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

std::optional<std::string> unfit_text(std::string_view value) {
    if (std::ranges::any_of(value, control_character) || holds_c1_control(value))
        return "holds a control character";
    if (!json::valid_utf8(value)) return "is not UTF-8";
    return std::nullopt;
}

std::optional<std::string> unfit_level(std::string_view level) {
    if (level.empty()) return "is empty, or has an empty level";
    if (is_dots(level)) return "is '" + std::string{level} + "'";
    return std::nullopt;
}

/// `{name...}`: its levels, each encoded.
std::string encoded_levels(std::string_view value) {
    std::string out;
    while (true) {
        const auto slash = value.find('/');
        out += percent_encoded(value.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        out += '/';
        value.remove_prefix(slash + 1);
    }
}

std::optional<std::string> unfit_for_path(std::string_view value, bool levels) {
    while (true) {
        const auto slash = value.find('/');
        if (slash != std::string_view::npos && !levels) return "holds '/'";
        if (auto why = unfit_level(value.substr(0, slash))) return why;
        if (slash == std::string_view::npos) return std::nullopt;
        value.remove_prefix(slash + 1);
    }
}

}  // namespace

Parsed<UrlTemplate> UrlTemplate::parse(std::string_view text, const Scope& scope) {
    UrlTemplate made;
    made.text_ = text;
    auto parsed = Template::parse_with(text, scope, false);
    if (!parsed) return std::move(parsed).error();
    made.template_ = *std::move(parsed);
    if (auto problem = made.fold_constant()) return *std::move(problem);
    if (auto problem = made.take_origin()) return *std::move(problem);
    if (auto problem = made.check_literals()) return *std::move(problem);
    if (auto problem = made.check_expressions()) return *std::move(problem);
    return made;
}

/// Constants were put into the text around them, except where one is the whole template.
std::optional<ExpressionProblem> UrlTemplate::fold_constant() {
    auto& expressions = template_.expressions_;
    for (const auto& one : expressions) {
        if (one->root == Root::constant && one->constant.absent())
            return ExpressionProblem{one->offset, "{" + one->text + "} has no value", {}};
    }
    if (expressions.size() != 1 || !template_.constant()) return std::nullopt;
    template_.literals_ = {template_.literals_.front() + expressions.front()->constant.to_text() +
                           template_.literals_.back()};
    expressions.clear();
    return std::nullopt;
}

std::optional<ExpressionProblem> UrlTemplate::take_origin() {
    auto& start = template_.literals_.front();
    const std::string small = lower(start);
    const auto* scheme =
        std::ranges::find_if(schemes, [&](std::string_view one) { return small.starts_with(one); });
    if (scheme == std::end(schemes))
        return ExpressionProblem{0,
                                 "the URL of a service begins with http:// or https://, then the host",
                                 "https://service.example/..."};
    const auto end = std::min(small.find_first_of("/?", scheme->size()), small.size());
    if (end == small.size() && !template_.expressions_.empty())
        return ExpressionProblem{template_.expressions_.front()->offset,
                                 "the host of a URL is never taken from a message",
                                 "write it out, or read it from the environment: ${VAR}"};
    const auto authority = std::string_view{small}.substr(scheme->size(), end - scheme->size());
    if (authority.find('@') != std::string_view::npos)
        return ExpressionProblem{
            scheme->size(), "a URL holds no user or password", "say it with 'auth': { basic: ... }"};
    const auto port = port_of(authority);
    const bool good = authority.size() > port.size() && std::ranges::all_of(authority, host_character) &&
                      (port.empty() || is_port(port.substr(1)));
    if (!good) return ExpressionProblem{scheme->size(), "this is no host, or no host and port", {}};
    origin_ = small.substr(0, end);
    start = origin_ + (end < start.size() && start[end] == '/' ? "" : "/") + start.substr(end);
    return std::nullopt;
}

std::optional<ExpressionProblem> UrlTemplate::check_literals() const {
    for (const auto& literal : template_.literals_) {
        const auto wrong = std::ranges::find_if(literal, [](char c) { return !url_character(c); });
        if (wrong == literal.end()) continue;
        const auto at = text_.find(*wrong);
        return ExpressionProblem{
            at == std::string::npos ? 0 : at,
            "a URL cannot hold " + character_name(*wrong),
            *wrong == '#' ? "what stands behind '#' is never sent" : "percent-encode it"};
    }
    const std::string_view start = std::string_view{template_.literals_.front()}.substr(origin_.size());
    if (template_.expressions_.empty() && has_dot_level(start.substr(0, start.find('?'))))
        return ExpressionProblem{0, "'.' and '..' are no levels of a URL's path", {}};
    return std::nullopt;
}

std::optional<ExpressionProblem> UrlTemplate::check_expressions() const {
    for (const auto& one : template_.expressions_) {
        const bool rest = one->root == Root::capture && one->type == CaptureType::rest;
        if (rest && !one->spread_rest && one->pipes.empty())
            return ExpressionProblem{
                one->offset, "{" + one->text + "} holds several levels", "write '{" + one->text + "...}'"};
    }
    return std::nullopt;
}

Expanded<std::string> UrlTemplate::expand(const Evaluation& evaluation) const {
    if (template_.literals_.empty()) return Refused{Refusal::absent, "there is no URL"};
    std::string url = template_.literals_.front();
    bool query = url.find('?') != std::string::npos;
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        const auto& expression = *template_.expressions_[at];
        const auto named = [&](const std::string& what) { return "{" + expression.text + "} " + what; };
        const auto operand = expression.evaluate(evaluation);
        if (!operand) return operand.error();
        if (operand->absent())
            return Refused{Refusal::absent,
                           no_value("{" + expression.text + "}", expression.why_absent(evaluation))};
        if (operand->nothing()) return Refused{Refusal::absent, named("is null")};
        if (operand->is_structure()) return Refused{Refusal::capture, named("is no single value")};
        const auto value = operand->to_text();
        if (value.size() > max_url_size) return Refused{Refusal::limit, named("is too long for a URL")};
        if (auto why = unfit_text(value)) return Refused{Refusal::capture, named(*why)};
        if (!query) {
            if (auto why = unfit_for_path(value, expression.spread_rest))
                return Refused{Refusal::capture, named(*why)};
        }
        const bool encoded = !expression.pipes.empty() && expression.pipes.back().kind == Pipe::Kind::url;
        url += encoded ? value : expression.spread_rest ? encoded_levels(value) : percent_encoded(value);
        const auto& literal = template_.literals_[at + 1];
        url += literal;
        query = query || literal.find('?') != std::string::npos;
    }
    if (url.size() > max_url_size) return Refused{Refusal::limit, "the URL has more than 8192 bytes"};
    const auto path = std::string_view{url}.substr(origin_.size());
    if (has_dot_level(path.substr(0, path.find('?'))))
        return Refused{Refusal::capture, "the URL has a level '.' or '..'"};
    return url;
}

std::string UrlTemplate::shown() const {
    return text_.substr(0, text_.find('?'));
}

}  // namespace gateway
