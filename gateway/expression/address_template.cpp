#include <algorithm>
#include <utility>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/address_value.hpp"
#include "gateway/expression/braces.hpp"
#include "gateway/expression/expression.hpp"
#include "gateway/expression/level_collector.hpp"
#include "gateway/expression/template.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

using Kind = AddressTemplate::Kind;

/// Values that nobody outside chooses may stand in the first level; a capture may, as the source's address
/// did let it in.
bool may_start(Root root) {
    switch (root) {
        case Root::constant:
        case Root::capture:
        case Root::wildcard:
        case Root::message_id:
        case Root::message_time:
        case Root::message_time_ms:
        case Root::call_id:
        case Root::route_name:
        case Root::gateway_name:
        case Root::now:
            return true;
        default:
            return false;
    }
}

bool everything(std::string_view text) {
    return text == "*" || text == "**";
}

std::size_t level_count(std::string_view address) {
    return static_cast<std::size_t>(std::ranges::count(address, '/')) + 1;
}

bool has_parent_level(std::string_view address) {
    for (auto at = address.find(".."); at != std::string_view::npos; at = address.find("..", at + 1)) {
        const bool starts = at == 0 || address[at - 1] == '/';
        const bool ends = at + 2 == address.size() || address[at + 2] == '/';
        if (starts && ends) return true;
    }
    return false;
}

AddressKind pattern_kind(Kind kind) {
    switch (kind) {
        case Kind::mqtt:
            return AddressKind::mqtt;
        case Kind::happn:
            return AddressKind::happn;
        case Kind::call:
            return AddressKind::call;
    }
    return AddressKind::mqtt;
}

std::string with_doubled_braces(std::string_view text) {
    std::string doubled;
    for (const char character : text) {
        if (character == '{' || character == '}') doubled += character;
        doubled += character;
    }
    return doubled;
}

/// Those of the transport, which the address of a get or stream may spell.
std::string_view wildcards_of(Kind kind) {
    return kind == Kind::mqtt ? "+#" : "*";
}

std::string_view spelled_wildcard(Kind kind, bool rest) {
    if (kind != Kind::mqtt) return "*";
    return rest ? "#" : "+";
}

/// A wildcard with a name, as the capture of a source.
std::string as_capture(const Expression& wildcard) {
    return '{' + wildcard.name + (wildcard.spread_rest ? "...}" : "}");
}

}  // namespace

Parsed<AddressTemplate> AddressTemplate::parse(std::string_view text,
                                               Kind kind,
                                               const Scope& scope,
                                               bool wildcards) {
    AddressTemplate made;
    made.text_ = text;
    made.kind_ = kind;
    made.wildcards_ = wildcards && kind != Kind::call;
    auto parsed = Template::parse_with(text, scope, made.wildcards_);
    if (!parsed) return std::move(parsed).error();
    made.template_ = *std::move(parsed);
    if (auto problem = made.fold_constant()) return *std::move(problem);
    if (auto problem = made.check_literal_parts()) return *std::move(problem);
    if (auto problem = made.check_shape()) return *std::move(problem);
    if (auto problem = made.check_expressions()) return *std::move(problem);
    if (auto problem = made.check_first_level()) return *std::move(problem);
    if (auto problem = made.check_filter()) return *std::move(problem);
    made.spells_reserved_ = made.spells_reserved();
    return made;
}

/// Constants were put into the text around them, except where one is the whole template.
std::optional<ExpressionProblem> AddressTemplate::fold_constant() {
    auto& expressions = template_.expressions_;
    for (const auto& expression : expressions) {
        const bool absent = expression->root == Root::constant && expression->constant.absent();
        if (absent)
            return ExpressionProblem{expression->offset, "{" + expression->text + "} has no value", {}};
    }
    if (expressions.size() != 1 || !template_.constant()) return std::nullopt;
    template_.literals_ = {template_.literals_.front() + expressions.front()->constant.to_text() +
                           template_.literals_.back()};
    expressions.clear();
    return std::nullopt;
}

bool AddressTemplate::legal_literal(char character) const {
    switch (kind_) {
        case Kind::mqtt:
            return !control_character(character) && (wildcards_ || (character != '+' && character != '#'));
        case Kind::happn:
            return happn_character(character) && (wildcards_ || character != '*');
        case Kind::call:
            return call_character(character);
    }
    return false;
}

std::optional<ExpressionProblem> AddressTemplate::check_literal_parts() const {
    const auto problem = [&](std::size_t offset, char character) {
        const bool wild = wildcard_character(character);
        return ExpressionProblem{offset,
                                 "a target address cannot hold " + character_name(character),
                                 wild ? "a target is one address: wildcards belong in a source" : ""};
    };
    const auto illegal = [&](std::string_view text) {
        const auto found = std::ranges::find_if(text, [&](char c) { return !legal_literal(c); });
        return static_cast<std::size_t>(found - text.begin());
    };
    const auto parts = split_braces(text_);
    for (const auto& part : *parts) {
        const auto at = part.expression ? part.text.size() : illegal(part.text);
        if (at < part.text.size()) return problem(part.offset + at, part.text[at]);
    }
    for (const auto& literal : template_.literals_) {  // with variables put in
        const auto at = illegal(literal);
        if (at < literal.size()) return problem(0, literal[at]);
    }
    return std::nullopt;
}

std::optional<ExpressionProblem> AddressTemplate::check_shape() const {
    const auto& start = template_.literals_.front();
    const auto& expressions = template_.expressions_;
    if (text_.empty() || (expressions.empty() && start.empty())) {
        return ExpressionProblem{0, "an address is never empty", {}};
    }
    const bool all = wildcards_ && expressions.empty() && everything(start);
    if (kind_ == Kind::happn && !start.starts_with('/') && !all) {
        return ExpressionProblem{0, "a happn path starts with '/'", "write '/" + text_ + "'"};
    }
    std::size_t slashes = 0;
    std::size_t bytes = 0;
    for (const auto& literal : template_.literals_) {
        slashes += level_count(literal) - 1;
        bytes += literal.size();
        if (!json::valid_utf8(literal)) return ExpressionProblem{0, "an address is UTF-8 without NUL", {}};
        if (has_parent_level("x" + literal + "x"))
            return ExpressionProblem{0, "'..' is no level of an address", {}};
    }
    if (bytes > max_address_size) return ExpressionProblem{0, "an address has at most 65535 bytes", {}};
    const bool spreads = std::ranges::any_of(expressions, [](const auto& one) { return one->spread_rest; });
    const bool call_shape = slashes == 1 || (spreads && slashes == 0);
    if (kind_ == Kind::call && !call_shape) {
        return ExpressionProblem{0, "a method is named component/method", {}};
    }
    if (!expressions.empty()) return std::nullopt;
    if (has_parent_level(start)) return ExpressionProblem{0, "'..' is no level of an address", {}};
    if (kind_ == Kind::call && (start.starts_with('/') || start.ends_with('/'))) {
        return ExpressionProblem{0, "a method is named component/method", {}};
    }
    return std::nullopt;
}

std::optional<ExpressionProblem> AddressTemplate::check_expressions() const {
    for (const auto& one : template_.expressions_) {
        if (one->root == Root::wildcard && one->spread_rest && kind_ != Kind::mqtt) {
            return ExpressionProblem{one->offset,
                                     "{" + one->text + "} belongs in an MQTT filter",
                                     "write '{*" + one->name + "}' for one level"};
        }
        const bool rest = one->root == Root::capture && one->type == CaptureType::rest;
        if (rest && !one->spread_rest && one->pipes.empty()) {
            return ExpressionProblem{
                one->offset, "{" + one->text + "} holds several levels", "write '{" + one->text + "...}'"};
        }
    }
    if (kind_ == Kind::call && template_.literals_.front().starts_with("security/")) {
        return ExpressionProblem{0, "the security component is never called", {}};
    }
    return std::nullopt;
}

bool AddressTemplate::first_level_is_literal() const {
    const auto& start = template_.literals_.front();
    return template_.expressions_.empty() ||
           start.find('/', start.starts_with('/') ? 1 : 0) != std::string::npos;
}

std::optional<ExpressionProblem> AddressTemplate::check_first_level() const {
    if (first_level_is_literal()) return std::nullopt;
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        const auto& expression = *template_.expressions_[at];
        if (!may_start(expression.root)) {
            return ExpressionProblem{expression.offset,
                                     "an address built from a message's values needs a literal first level",
                                     "start it with a name, as in 'devices/{" + expression.text + "}'"};
        }
        if (template_.literals_[at + 1].find('/') != std::string::npos) break;
    }
    return std::nullopt;
}

/// With its wildcards, a topic has the grammar of a source's, whatever the values are.
std::optional<ExpressionProblem> AddressTemplate::check_filter() const {
    if (kind_ != Kind::mqtt || !wildcards_) return std::nullopt;
    std::string filter = with_doubled_braces(template_.literals_.front());
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        const Expression& expression = *template_.expressions_[at];
        filter += expression.root == Root::wildcard ? as_capture(expression) : "value";
        filter += with_doubled_braces(template_.literals_[at + 1]);
    }
    const auto parsed = AddressPattern::parse(filter, AddressKind::mqtt);
    if (parsed) return std::nullopt;
    return ExpressionProblem{0, parsed.error().message, parsed.error().hint};
}

bool AddressTemplate::spells_reserved() const {
    const auto& start = template_.literals_.front();
    if (template_.expressions_.empty()) return reserved_address(start, kind_);
    const auto whole = start.substr(0, start.rfind('/') == std::string::npos ? 0 : start.rfind('/'));
    return !whole.empty() && reserved_address(whole, kind_);
}

std::optional<Refused> AddressTemplate::append(std::string& address,
                                               const Expression& expression,
                                               const Evaluation& evaluation) const {
    if (expression.root == Root::wildcard) {
        address += spelled_wildcard(kind_, expression.spread_rest);
        return std::nullopt;
    }
    const auto operand = expression.evaluate(evaluation);
    const auto named = [&](std::string_view what) {
        return "{" + expression.text + "} " + std::string{what};
    };
    if (!operand) return operand.error();
    if (operand->absent())
        return Refused{Refusal::absent,
                       no_value("{" + expression.text + "}", expression.why_absent(evaluation))};
    if (operand->nothing()) return Refused{Refusal::absent, named("is null")};
    if (operand->is_structure()) return Refused{Refusal::capture, named("is no single value")};
    const auto value = operand->to_text();
    if (value.size() > max_address_size) return Refused{Refusal::limit, named("is too long for an address")};
    const bool url = !expression.pipes.empty() && expression.pipes.back().kind == Pipe::Kind::url;
    if (const auto why = unfit_for_address(value, {kind_, expression.spread_rest, url})) {
        return Refused{Refusal::capture, named(*why)};
    }
    address += value;
    return std::nullopt;
}

std::optional<Refused> AddressTemplate::check_expanded(std::string_view address) const {
    if (address.size() > max_address_size)
        return Refused{Refusal::limit, "the address has more than 65535 bytes"};
    if (has_parent_level(address)) return Refused{Refusal::capture, "the address has a level '..'"};
    if (kind_ == Kind::call && level_count(address) != 2) {
        return Refused{Refusal::capture, "the address is no component/method"};
    }
    const bool reserved = reserved_address(address, kind_);
    const bool spelled = spells_reserved_ && kind_ != Kind::call;
    if (reserved && !spelled) return Refused{Refusal::reserved, "the address is in a reserved tree"};
    return std::nullopt;
}

Expanded<std::string> AddressTemplate::expand(const Evaluation& evaluation) const {
    if (template_.literals_.empty()) return Refused{Refusal::absent, "there is no address"};
    std::string address = template_.literals_.front();
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        if (auto refused = append(address, *template_.expressions_[at], evaluation))
            return *std::move(refused);
        address += template_.literals_[at + 1];
        if (address.size() > max_address_size) break;
    }
    if (auto refused = check_expanded(address)) return *std::move(refused);
    return address;
}

std::vector<CaptureName> AddressTemplate::wildcard_names() const {
    std::vector<CaptureName> names;
    for (const auto& expression : template_.expressions_) {
        if (expression->root != Root::wildcard) continue;
        names.push_back({expression->name, expression->spread_rest ? CaptureType::rest : CaptureType::text});
    }
    return names;
}

/// Values have been checked by expand(); braces in them are no captures.
Expanded<std::string> AddressTemplate::pattern_text(const Evaluation& evaluation) const {
    std::string text = with_doubled_braces(template_.literals_.front());
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        const Expression& expression = *template_.expressions_[at];
        if (expression.root == Root::wildcard) {
            text += as_capture(expression);
        } else {
            const auto value = expression.evaluate(evaluation);
            if (!value) return value.error();
            text += with_doubled_braces(value->to_text());
        }
        text += with_doubled_braces(template_.literals_[at + 1]);
    }
    return text;
}

Expanded<AddressPattern> AddressTemplate::expand_pattern(const Evaluation& evaluation) const {
    if (const auto expanded = expand(evaluation); !expanded) return expanded.error();
    const auto text = pattern_text(evaluation);
    if (!text) return text.error();
    auto pattern = AddressPattern::parse(*text, pattern_kind(kind_));
    if (!pattern) return Refused{Refusal::capture, pattern.error().message};
    return *std::move(pattern);
}

AddressPattern AddressTemplate::as_pattern() const {
    AddressPattern pattern;
    pattern.kind_ = pattern_kind(kind_);
    pattern.text_ = text_;
    if (template_.literals_.empty()) return pattern;
    LevelCollector levels;
    const std::string_view wildcards = wildcards_ ? wildcards_of(kind_) : "";
    std::string_view start = template_.literals_.front();
    if (kind_ == Kind::happn && start.starts_with('/')) start.remove_prefix(1);
    levels.text(start, wildcards);
    for (std::size_t at = 0; at < template_.expressions_.size(); ++at) {
        template_.expressions_[at]->spread_rest ? levels.rest() : levels.one_level();
        levels.text(template_.literals_[at + 1], wildcards);
    }
    pattern.segments_ = levels.finish();
    pattern.has_wildcard_ = !std::ranges::all_of(pattern.segments_, [](const auto& segment) {
        return segment.kind == AddressPattern::Segment::Kind::literal;
    });
    return pattern;
}

}  // namespace gateway
