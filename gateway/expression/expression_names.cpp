// What the names in an expression mean: captures, parameters, roots and their members, each checked against
// the scope.
#include <algorithm>
#include <array>
#include <utility>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/expression_parser.hpp"
#include "gateway/expression/suggestion.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

struct Member {
    std::string_view of;
    std::string_view name;
    Root root;
};

constexpr std::array<Member, 12> members{{{"message", "id", Root::message_id},
                                          {"message", "time", Root::message_time},
                                          {"message", "time_ms", Root::message_time_ms},
                                          {"call", "id", Root::call_id},
                                          {"route", "name", Root::route_name},
                                          {"gateway", "name", Root::gateway_name},
                                          {"principal", "username", Root::principal_username},
                                          {"principal", "kind", Root::principal_kind},
                                          {"error", "name", Root::error_name},
                                          {"error", "code", Root::error_code},
                                          {"error", "message", Root::error_message},
                                          {"error", "", Root::error}}};

enum class Takes : std::uint8_t { nothing, a_name, a_path };

struct SourceMember {
    Scope::Source source;
    std::string_view name;
    Root root;
    Takes takes = Takes::nothing;
};

constexpr std::array<SourceMember, 13> source_members{
    {{Scope::Source::mqtt, "topic", Root::in_address},
     {Scope::Source::mqtt, "qos", Root::in_qos},
     {Scope::Source::mqtt, "retain", Root::in_retain},
     {Scope::Source::mqtt, "expiry", Root::in_expiry},
     {Scope::Source::mqtt, "content_type", Root::in_content_type},
     {Scope::Source::mqtt, "user", Root::in_user, Takes::a_name},
     {Scope::Source::happn, "path", Root::in_address},
     {Scope::Source::happn, "action", Root::in_action},
     {Scope::Source::happn, "meta", Root::in_meta, Takes::a_path},
     {Scope::Source::http, "method", Root::in_method},
     {Scope::Source::http, "query", Root::in_query, Takes::a_name},
     {Scope::Source::http, "header", Root::in_header, Takes::a_name},
     {Scope::Source::http, "ip", Root::in_ip}}};

constexpr std::array<std::string_view, 13> roots{"payload",
                                                 "out",
                                                 "answer",
                                                 "answers",
                                                 "vars",
                                                 "message",
                                                 "call",
                                                 "route",
                                                 "gateway",
                                                 "principal",
                                                 "error",
                                                 "in",
                                                 "now"};

std::string in_quotes(std::string_view name) {
    return "'" + std::string{name} + "'";
}

std::string_view source_name(Scope::Source source) {
    switch (source) {
        case Scope::Source::mqtt:
            return "an MQTT";
        case Scope::Source::happn:
            return "a happn";
        case Scope::Source::http:
            return "an HTTP";
        case Scope::Source::call:
            return "a call";
        case Scope::Source::none:
            break;
    }
    return "no";
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return text;
}

/// "id, time or time_ms", for hints.
std::string listed(const std::vector<std::string_view>& names) {
    std::string list;
    for (std::size_t at = 0; at < names.size(); ++at) {
        if (at > 0) list += at + 1 == names.size() ? " or " : ", ";
        list += names[at];
    }
    return list;
}

std::string hint_among(std::string_view name, const std::vector<std::string_view>& names) {
    auto hint = did_you_mean(name, names);
    return hint.empty() && !names.empty() ? "known here: " + listed(names) : hint;
}

std::vector<std::string_view> members_of(std::string_view root) {
    std::vector<std::string_view> names;
    for (const auto& member : members) {
        if (member.of == root && !member.name.empty()) names.push_back(member.name);
    }
    return names;
}

std::vector<std::string_view> members_of(Scope::Source source) {
    std::vector<std::string_view> names;
    for (const auto& member : source_members) {
        if (member.source == source) names.push_back(member.name);
    }
    return names;
}

}  // namespace

bool ExpressionParser::resolve_wildcard() {
    const auto star = at_++;
    const auto name = read_word();
    if (!wildcards_) return fail(star, "'{*" + name.text + "}' belongs in the address of a get or stream");
    if (!is_name(name.text)) return fail(name.at, in_quotes(name.text) + " is no name");
    if (is_reserved_name(name.text)) return fail(name.at, in_quotes(name.text) + " is reserved");
    constexpr std::string_view rest = "...";
    if (text_.substr(at_).starts_with(rest)) {
        at_ += rest.size();
        expression_.spread_rest = true;
    }
    expression_.root = Root::wildcard;
    expression_.name = name.text;
    return true;
}

bool ExpressionParser::resolve_rest(const Word& word) {
    const auto found = std::ranges::find(scope_.captures, word.text, &CaptureName::name);
    if (found == scope_.captures.end()) return unknown_name(word);
    if (found->type != CaptureType::rest) {
        return fail(word.at, in_quotes(word.text) + " is one level", "write '{" + word.text + "}'");
    }
    expression_.spread_rest = true;
    return resolve_capture(word);
}

bool ExpressionParser::resolve_word(const Word& word) {
    if (std::ranges::find(scope_.captures, word.text, &CaptureName::name) != scope_.captures.end()) {
        return resolve_capture(word);
    }
    if (std::ranges::find(scope_.parameters, word.text) != scope_.parameters.end()) {
        if (!expression_.path.empty()) {
            return fail(word.at,
                        in_quotes(word.text) + " is a parameter: a single word",
                        "write '{payload." + word.text + "...}'");
        }
        expression_.root = Root::parameter;
        expression_.path.emplace_back(word.text);
        return true;
    }
    return resolve_root(word);
}

bool ExpressionParser::resolve_capture(const Word& word) {
    if (!expression_.path.empty())
        return fail(word.at, in_quotes(word.text) + " is a capture and has no members");
    const auto found = std::ranges::find(scope_.captures, word.text, &CaptureName::name);
    expression_.root = Root::capture;
    expression_.capture = static_cast<std::size_t>(found - scope_.captures.begin());
    expression_.type = found->type;
    return true;
}

bool ExpressionParser::resolve_root(const Word& word) {
    const auto& name = word.text;
    if (name == "payload") return only_where(true, word, Root::payload, {});
    if (name == "out") return only_where(scope_.out, word, Root::out, "behind a 'map'");
    if (name == "answer") return only_where(scope_.answer, word, Root::answer, "in 'respond'");
    if (name == "answers") return only_where(scope_.answer, word, Root::answers, "in 'respond'");
    if (name == "error" && !scope_.error)
        return only_where(false, word, Root::error, "in 'errors' and 'on_error'");
    if (name == "call" && !scope_.call_id) return only_where(false, word, Root::call_id, "in 'reply'");
    if (name == "lookup") return fail(word.at, "'lookup' is not built yet");
    if (name == "in") return resolve_in(word);
    if (name == "vars") return resolve_vars(word);
    if (name == "now") {
        expression_.root = Root::now;
        return no_path_left(word);
    }
    if (std::ranges::find(roots, std::string_view{name}) == roots.end()) return unknown_name(word);
    return resolve_member_of(word);
}

bool ExpressionParser::only_where(bool known, const Word& word, Root root, std::string_view where) {
    if (!known) return fail(word.at, in_quotes(word.text) + " is known only " + std::string{where});
    expression_.root = root;
    return true;
}

bool ExpressionParser::resolve_member_of(const Word& root) {
    const auto names = members_of(root.text);
    auto member = expression_.path.empty() ? std::optional<Word>{Word{{}, root.at}} : take_member();
    const auto found = std::ranges::find_if(members, [&](const Member& candidate) {
        return member && candidate.of == root.text && candidate.name == member->text;
    });
    if (found != members.end()) {
        expression_.root = found->root;
        return no_path_left(root);
    }
    if (!member || member->text.empty()) {
        return fail(root.at,
                    in_quotes(root.text) + " needs a member",
                    "write '{" + root.text + "." + std::string{names.front()} + "}'");
    }
    return fail(member->at,
                in_quotes(root.text) + " has no member " + in_quotes(member->text),
                hint_among(member->text, names));
}

bool ExpressionParser::resolve_in(const Word& root) {
    const auto names = members_of(scope_.source);
    if (names.empty()) {
        return fail(root.at,
                    "'in' has nothing here: there is " + std::string{source_name(scope_.source)} + " source");
    }
    const auto member = take_member();
    if (!member) return fail(root.at, "'in' needs a member", "known here: " + listed(names));
    const auto found = std::ranges::find_if(source_members, [&](const SourceMember& candidate) {
        return candidate.source == scope_.source && candidate.name == member->text;
    });
    if (found == source_members.end()) {
        return fail(member->at,
                    "'in' of " + std::string{source_name(scope_.source)} + " source has no member " +
                        in_quotes(member->text),
                    hint_among(member->text, names));
    }
    expression_.root = found->root;
    if (found->takes == Takes::a_path) return true;
    if (found->takes == Takes::a_name && !resolve_in_name(*member)) return false;
    return no_path_left(*member);
}

bool ExpressionParser::resolve_in_name(const Word& member) {
    const auto name = take_member();
    if (!name)
        return fail(
            member.at, in_quotes(member.text) + " needs a name", "write '{in." + member.text + ".NAME}'");
    expression_.name = expression_.root == Root::in_header ? lower_case(name->text) : name->text;
    if (expression_.root != Root::in_query) return true;
    if (std::ranges::find(scope_.query, name->text) == scope_.query.end()) {
        return fail(name->at,
                    "the source declares no query parameter " + in_quotes(name->text),
                    did_you_mean(name->text, scope_.query));
    }
    if (scope_.read_query != nullptr) scope_.read_query->insert(name->text);
    expression_.typed = std::ranges::find(scope_.typed_query, name->text) != scope_.typed_query.end();
    return true;
}

bool ExpressionParser::resolve_vars(const Word& root) {
    const auto name = take_member();
    if (!name) return fail(root.at, "'vars' needs a name", "write '{vars.NAME}'");
    const auto unknown = [&](std::string hint) {
        return fail(name->at, "unknown variable " + in_quotes(name->text), std::move(hint));
    };
    if (scope_.vars == nullptr) return unknown("declare it under 'vars:'");
    const auto found = scope_.vars->find(name->text);
    if (found == scope_.vars->end()) {
        Suggestion suggestion{name->text};
        for (const auto& [variable, value] : *scope_.vars)
            suggestion.consider(variable);
        return unknown(suggestion.hint());
    }
    std::optional<std::string_view> value = json::trimmed(found->second.json().view());
    for (const auto& step : expression_.path) {
        const auto* key = std::get_if<std::string>(&step);
        value =
            key != nullptr ? json::member(*value, *key) : json::element(*value, std::get<std::size_t>(step));
        if (!value) return fail(name->at, "the variable " + in_quotes(name->text) + " has no such member");
    }
    if (!value->empty()) expression_.constant = Value::json(found->second.json().slice(*value));
    expression_.root = Root::constant;
    expression_.path.clear();
    return true;
}

bool ExpressionParser::unknown_name(const Word& word) {
    Suggestion suggestion{word.text};
    for (const auto& capture : scope_.captures)
        suggestion.consider(capture.name);
    for (const auto& parameter : scope_.parameters)
        suggestion.consider(parameter);
    for (const auto root : roots)
        suggestion.consider(root);
    return fail(word.at, "unknown name " + in_quotes(word.text), suggestion.hint());
}

/// Constants go through their pipes now, so that a message pays nothing and a mistake is found when it is
/// written.
bool ExpressionParser::fold() {
    if (expression_.root != Root::constant) return true;
    const auto value = expression_.evaluate(Evaluation{});
    if (!value) return fail(0, value.error().detail);
    expression_.constant = value->to_value();
    expression_.pipes.clear();
    return true;
}

std::optional<ExpressionParser::Word> ExpressionParser::take_member() {
    if (expression_.path.empty()) return std::nullopt;
    const auto* name = std::get_if<std::string>(&expression_.path.front());
    if (name == nullptr) return std::nullopt;
    Word word{*name, step_offsets_.front()};
    expression_.path.erase(expression_.path.begin());
    step_offsets_.erase(step_offsets_.begin());
    return word;
}

bool ExpressionParser::no_path_left(const Word& word) {
    if (expression_.path.empty()) return true;
    return fail(step_offsets_.front(), in_quotes(word.text) + " has no members");
}

}  // namespace gateway
