// What goes through the pipes of one expression: absent, text, JSON text or bytes. Lives on the evaluation's
// stack.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "gateway/bytes.hpp"
#include "gateway/expression/value.hpp"

namespace gateway {

class Operand {
public:
    enum class Kind : std::uint8_t { absent, text, json, bytes };

    Operand() = default;
    static Operand text(std::string text) { return Operand{Kind::text, std::move(text), {}}; }
    /// One valid JSON text without blanks around it.
    static Operand json(Bytes text) { return Operand{Kind::json, {}, std::move(text)}; }
    static Operand bytes(Bytes bytes) { return Operand{Kind::bytes, {}, std::move(bytes)}; }
    static Operand integer(long long number) { return json(Bytes{std::to_string(number)}); }
    static Operand boolean(bool value) { return json(Bytes::literal(value ? "true" : "false")); }
    static Operand of(const Value& value) { return value.absent() ? Operand{} : json(value.json()); }

    Kind kind() const { return kind_; }
    bool absent() const { return kind_ == Kind::absent; }
    /// Absent, or JSON null.
    bool nothing() const;
    /// Text, or a JSON string.
    bool is_text() const;
    /// A JSON object or array.
    bool is_structure() const;

    /// "a text", "a list", "null": for messages, which never say what a payload holds. Not of what is absent.
    std::string_view kind_name() const;

    /// The JSON text; only of Kind::json.
    const Bytes& json_text() const { return shared_; }
    /// What a hash or an encoding reads: the bytes, or to_text().
    std::string raw() const;
    /// As part of a longer text; bytes in base64.
    std::string to_text() const;
    Value to_value() const;

private:
    Operand(Kind kind, std::string text, Bytes shared)
        : kind_{kind}, text_{std::move(text)}, shared_{std::move(shared)} {}

    Kind kind_ = Kind::absent;
    std::string text_;
    Bytes shared_;
};

}  // namespace gateway
