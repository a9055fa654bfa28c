// The syntax: words, paths, pipes and their arguments. What the words mean is in expression_names.cpp.
#include "gateway/expression/expression_parser.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/suggestion.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

constexpr long long most_decimals = 15;  // a double has no more

bool blank(char character) {
    return character == ' ' || character == '\t';
}

bool word_character(char character) {
    return !control_character(character) &&
           std::string_view{" .[]|{}()'\","}.find(character) == std::string_view::npos;
}

char unescaped(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case 'r':
            return '\r';
        default:
            return letter;
    }
}

}  // namespace

Parsed<Expression> Expression::parse(std::string_view expression,
                                     std::size_t offset,
                                     const Scope& scope,
                                     bool wildcards) {
    return ExpressionParser{expression, offset, scope, wildcards}.parse();
}

Parsed<Expression> ExpressionParser::parse() {
    expression_.text = json::trimmed(text_);
    expression_.offset = offset_;
    const bool ok = read_source() && read_pipes() && fold();
    if (!ok) return *std::move(problem_);
    return std::move(expression_);
}

bool ExpressionParser::read_source() {
    skip_blanks();
    if (at_ == text_.size())
        return fail(at_, "'{}' names nothing", "write '{{}}' for braces that are meant as text");
    if (peek() == '*') return resolve_wildcard();
    auto word = read_word();
    if (word.text.empty()) return fail(at_, "expected a name, found " + character_name(text_[at_]));
    if (text_.substr(at_).starts_with("...")) {
        at_ += 3;
        return resolve_rest(word);
    }
    return read_path() && resolve_word(word);
}

bool ExpressionParser::read_path() {
    while (at_ < text_.size()) {
        if (text_[at_] == '[') {
            if (!read_index()) return false;
            continue;
        }
        if (text_[at_] != '.') return true;
        ++at_;
        auto word = read_word();
        if (word.text.empty()) return fail(at_, "a name is missing behind '.'");
        step_offsets_.push_back(word.at);
        expression_.path.emplace_back(std::move(word.text));
    }
    return true;
}

/// `[0]`, or `['any key']`.
bool ExpressionParser::read_index() {
    ++at_;
    step_offsets_.push_back(at_);
    if (peek() == '\'' || peek() == '"') {
        std::string key;
        if (!read_text_argument(key)) return false;
        expression_.path.emplace_back(std::move(key));
    } else {
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), index);
        if (error != std::errc{}) return fail(at_, "'[' wants a position, counted from 0");
        at_ = static_cast<std::size_t>(end - text_.data());
        expression_.path.emplace_back(index);
    }
    return take(']') || fail(at_, "']' is missing");
}

bool ExpressionParser::read_pipes() {
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
        if (!take('|')) return fail(at_, "expected '|', found " + character_name(text_[at_]));
        if (!read_pipe()) return false;
    }
    return true;
}

bool ExpressionParser::read_pipe() {
    skip_blanks();
    const auto name = read_word();
    const auto& signatures = pipe_signatures();
    const auto found = std::ranges::find(signatures, std::string_view{name.text}, &PipeSignature::name);
    if (found == signatures.end()) {
        Suggestion suggestion{name.text};
        for (const auto& signature : signatures)
            suggestion.consider(signature.name);
        if (name.text.empty()) return fail(name.at, "a pipe is missing behind '|'");
        return fail(name.at, "unknown pipe '" + name.text + "'", suggestion.hint());
    }
    Pipe pipe;
    pipe.kind = found->kind;
    if (!read_arguments(*found, name, pipe)) return false;
    if (pipe.kind == Pipe::Kind::round && !check_round(pipe, name)) return false;
    expression_.pipes.push_back(std::move(pipe));
    return true;
}

bool ExpressionParser::read_arguments(const PipeSignature& signature, const Word& name, Pipe& pipe) {
    using Arguments = PipeSignature::Arguments;
    const bool open = take('(');
    if (signature.arguments == Arguments::none) {
        if (open && !take(')')) return fail(at_, "'" + name.text + "' takes no arguments");
        return true;
    }
    if (!open) {
        if (signature.arguments == Arguments::optional_number) return true;
        return fail(name.at, "'" + name.text + "' needs its arguments in parentheses");
    }
    if (signature.arguments == Arguments::optional_number && take(')')) return true;
    switch (signature.arguments) {
        case Arguments::value: {
            std::string json;
            if (!read_argument(json)) return false;
            pipe.value = Value::json(Bytes{std::move(json)});
            break;
        }
        case Arguments::text:
            if (!read_text_argument(pipe.first)) return false;
            break;
        case Arguments::two_texts:
            if (!read_text_argument(pipe.first)) return false;
            if (!take(',')) return fail(at_, "'" + name.text + "' takes two texts, as in replace('a','b')");
            if (!read_text_argument(pipe.second)) return false;
            break;
        default:
            if (!read_number_argument(pipe.number)) return false;
    }
    const bool searches =
        signature.arguments == Arguments::text || signature.arguments == Arguments::two_texts;
    if (searches && pipe.first.empty())
        return fail(name.at, "'" + name.text + "' cannot look for an empty text");
    return take(')') || fail(at_, "')' is missing behind '" + name.text + "'");
}

bool ExpressionParser::check_round(const Pipe& pipe, const Word& name) {
    if (pipe.number.empty()) return true;
    long long decimals = -1;
    const auto* end = pipe.number.data() + pipe.number.size();
    const auto read = std::from_chars(pipe.number.data(), end, decimals);
    if (read.ec == std::errc{} && read.ptr == end && decimals >= 0 && decimals <= most_decimals) return true;
    return fail(name.at, "'round' takes a number of decimals from 0 to 15");
}

/// A quoted text, a number, true, false or null, as JSON.
bool ExpressionParser::read_argument(std::string& json) {
    const char first = peek();
    if (first == '\'' || first == '"') return read_quoted(json);
    const auto start = at_;
    while (at_ < text_.size() && text_[at_] != ')' && text_[at_] != ',' && !blank(text_[at_]))
        ++at_;
    json = text_.substr(start, at_ - start);
    if (json == "true" || json == "false" || json == "null" || is_json_number(json)) return true;
    return fail(
        start, "expected a number, true, false, null or a text in quotes", "write '" + json + "' in quotes");
}

bool ExpressionParser::read_quoted(std::string& json) {
    std::string text;
    if (!read_text_argument(text)) return false;
    json = json::quoted(text);
    return true;
}

bool ExpressionParser::read_text_argument(std::string& text) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return fail(at_, "expected a text in quotes");
    const auto start = at_++;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
        const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size();
        if (escape) ++at_;
        text += escape ? unescaped(text_[at_]) : text_[at_];
    }
    return take(quote) || fail(start, "the quote is never closed");
}

bool ExpressionParser::read_number_argument(std::string& number) {
    const auto start = at_;
    std::string json;
    if (read_argument(json) && is_json_number(json)) {
        number = std::move(json);
        return true;
    }
    return fail(start, "expected a number");
}

void ExpressionParser::skip_blanks() {
    while (at_ < text_.size() && blank(text_[at_]))
        ++at_;
}

char ExpressionParser::peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
}

bool ExpressionParser::take(char character) {
    if (peek() != character || at_ == text_.size()) return false;
    ++at_;
    return true;
}

ExpressionParser::Word ExpressionParser::read_word() {
    const auto start = at_;
    while (at_ < text_.size() && word_character(text_[at_]))
        ++at_;
    return {std::string{text_.substr(start, at_ - start)}, start};
}

bool ExpressionParser::fail(std::size_t at, std::string message, std::string hint) {
    problem_ = ExpressionProblem{offset_ + at, std::move(message), std::move(hint)};
    return false;
}

}  // namespace gateway
