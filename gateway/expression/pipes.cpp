#include "gateway/expression/pipes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace gateway {
namespace {

constexpr std::string_view white_space = " \t\r\n\f\v";

char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
char raised(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

std::string trimmed_text(const std::string& text) {
    const auto start = text.find_first_not_of(white_space);
    if (start == std::string::npos) return {};
    return text.substr(start, text.find_last_not_of(white_space) - start + 1);
}

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
    std::string out;
    std::size_t at = 0;
    for (auto found = text.find(from); found != std::string::npos; found = text.find(from, at)) {
        out.append(text, at, found - at).append(to);
        at = found + from.size();
    }
    return out.append(text, at);
}

std::string after(const std::string& text, const std::string& mark) {
    const auto found = text.find(mark);
    return found == std::string::npos ? text : text.substr(found + mark.size());
}

/// Says what kind of value it was, not which: what a payload holds is not for logs.
Refused not_a(std::string_view what, const Operand& operand) {
    return {Refusal::absent, std::string{operand.kind_name()} + " is not " + std::string{what}};
}

/// The operand's number as JSON text, from a number or a text that is one.
std::optional<std::string> number_text(const Operand& operand) {
    if (operand.is_structure() || operand.kind() == Operand::Kind::bytes) return std::nullopt;
    auto text = trimmed_text(operand.to_text());
    if (is_json_number(text)) return text;
    double number = 0;  // what people write and JSON does not have: "007", ".5", "5."
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return Value::number(number).json().str();
}

std::optional<long long> exact_integer(std::string_view text) {
    long long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

double as_double(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? number : std::numeric_limits<double>::infinity();
}

Expanded<Operand> finite(double number) {
    if (!std::isfinite(number)) return Refused{Refusal::absent, "the number is out of range"};
    return Operand::of(Value::number(number));
}

Expanded<Operand> to_integer(const Operand& operand) {
    if (operand.kind() == Operand::Kind::json && operand.json_text().view() == "true")
        return Operand::integer(1);
    if (operand.kind() == Operand::Kind::json && operand.json_text().view() == "false")
        return Operand::integer(0);
    const auto text = number_text(operand);
    if (!text) return not_a("a number", operand);
    if (is_json_integer(*text)) return Operand::json(Bytes{*text});
    return finite(std::trunc(as_double(*text)));
}

Expanded<Operand> to_number(const Operand& operand) {
    const auto text = number_text(operand);
    if (!text) return not_a("a number", operand);
    return Operand::json(Bytes{*text});
}

Expanded<Operand> to_boolean(const Operand& operand) {
    auto text = trimmed_text(operand.to_text());
    std::ranges::transform(text, text.begin(), lowered);
    constexpr std::array<std::string_view, 4> yes{"true", "1", "yes", "on"};
    constexpr std::array<std::string_view, 4> no{"false", "0", "no", "off"};
    if (std::ranges::find(yes, text) != yes.end()) return Operand::boolean(true);
    if (std::ranges::find(no, text) != no.end()) return Operand::boolean(false);
    if (!operand.is_text() && is_json_number(text)) return Operand::boolean(as_double(text) != 0);
    return not_a("a boolean", operand);
}

Expanded<Operand> to_json(Operand operand) {
    if (operand.kind() == Operand::Kind::json && !operand.is_text()) return operand;
    const auto text = operand.raw();
    if (!json::valid(text)) return not_a("JSON", operand);
    return Operand::json(Bytes::copy(json::trimmed(text)));
}

/// Integers stay exact as long as they fit 64 bits.
Expanded<Operand> calculate(const Pipe& pipe, const Operand& operand) {
    const auto text = number_text(operand);
    if (!text) return not_a("a number", operand);
    const auto left = exact_integer(*text);
    const auto right = exact_integer(pipe.number);
    long long exact = 0;
    const bool product = pipe.kind == Pipe::Kind::mul;
    if (left && right &&
        !(product ? __builtin_mul_overflow(*left, *right, &exact)
                  : __builtin_add_overflow(*left, *right, &exact))) {
        return Operand::integer(exact);
    }
    const double a = as_double(*text);
    const double b = as_double(pipe.number);
    return finite(product ? a * b : a + b);
}

Expanded<Operand> rounded(const Pipe& pipe, const Operand& operand) {
    const auto text = number_text(operand);
    if (!text) return not_a("a number", operand);
    if (is_json_integer(*text)) return Operand::json(Bytes{*text});
    const double scale = std::pow(10.0, pipe.number.empty() ? 0.0 : as_double(pipe.number));
    const double number = as_double(*text);
    const double scaled = number * scale;
    return finite(std::isfinite(scaled) ? std::round(scaled) / scale : number);
}

std::string mapped(std::string text, char (*change)(char)) {
    std::ranges::transform(text, text.begin(), change);
    return text;
}

}  // namespace

const std::vector<PipeSignature>& pipe_signatures() {
    using Kind = Pipe::Kind;
    using Arguments = PipeSignature::Arguments;
    static const std::vector<PipeSignature> signatures{{"default", Kind::fallback, Arguments::value},
                                                       {"lower", Kind::lower, Arguments::none},
                                                       {"upper", Kind::upper, Arguments::none},
                                                       {"trim", Kind::trim, Arguments::none},
                                                       {"replace", Kind::replace, Arguments::two_texts},
                                                       {"before", Kind::before, Arguments::text},
                                                       {"after", Kind::after, Arguments::text},
                                                       {"slug", Kind::slug, Arguments::none},
                                                       {"url", Kind::url, Arguments::none},
                                                       {"base64", Kind::base64, Arguments::none},
                                                       {"hex", Kind::hex, Arguments::none},
                                                       {"sha256", Kind::sha256, Arguments::none},
                                                       {"int", Kind::integer, Arguments::none},
                                                       {"float", Kind::floating, Arguments::none},
                                                       {"bool", Kind::boolean, Arguments::none},
                                                       {"json", Kind::json, Arguments::none},
                                                       {"mul", Kind::mul, Arguments::number},
                                                       {"add", Kind::add, Arguments::number},
                                                       {"round", Kind::round, Arguments::optional_number}};
    return signatures;
}

Expanded<Operand> apply(const Pipe& pipe, Operand operand) {
    using Kind = Pipe::Kind;
    if (pipe.kind == Kind::fallback) return operand.nothing() ? Operand::of(pipe.value) : std::move(operand);
    if (operand.absent()) return operand;
    switch (pipe.kind) {
        case Kind::fallback:
            break;
        case Kind::lower:
            return Operand::text(mapped(operand.to_text(), lowered));
        case Kind::upper:
            return Operand::text(mapped(operand.to_text(), raised));
        case Kind::trim:
            return Operand::text(trimmed_text(operand.to_text()));
        case Kind::replace:
            return Operand::text(replaced(operand.to_text(), pipe.first, pipe.second));
        case Kind::before: {
            const auto text = operand.to_text();
            return Operand::text(text.substr(0, text.find(pipe.first)));
        }
        case Kind::after:
            return Operand::text(after(operand.to_text(), pipe.first));
        case Kind::slug:
            return Operand::text(slugged(operand.to_text()));
        case Kind::url:
            return Operand::text(percent_encoded(operand.to_text()));
        case Kind::base64:
            return Operand::text(base64(operand.raw()));
        case Kind::hex:
            return Operand::text(hexadecimal(operand.raw()));
        case Kind::sha256:
            return Operand::text(sha256(operand.raw()));
        case Kind::integer:
            return to_integer(operand);
        case Kind::floating:
            return to_number(operand);
        case Kind::boolean:
            return to_boolean(operand);
        case Kind::json:
            return to_json(std::move(operand));
        case Kind::mul:
        case Kind::add:
            return calculate(pipe, operand);
        case Kind::round:
            return rounded(pipe, operand);
    }
    return operand;
}

}  // namespace gateway
