// The value of an expression: JSON text, untouched where it came from a payload ("numbers stay byte-exact"),
// or absent.
#pragma once

#include <string>
#include <string_view>

#include "gateway/bytes.hpp"

namespace gateway {

class Value {
public:
    Value() = default;                                                // absent
    static Value json(Bytes text) { return Value{std::move(text)}; }  // one valid JSON text
    static Value text(std::string_view text);                         // becomes a JSON string
    static Value number(double number);                               // integers without a point
    static Value integer(long long number);
    static Value boolean(bool value);

    bool absent() const { return absent_; }
    bool is_string() const { return !absent_ && !json_.empty() && json_.view().front() == '"'; }
    /// The JSON text; empty when absent.
    const Bytes& json() const { return json_; }
    /// As a part of a longer string: the text of a JSON string, else the JSON text.
    std::string to_text() const;

private:
    explicit Value(Bytes text) : json_{std::move(text)}, absent_{false} {}
    Bytes json_;
    bool absent_ = true;
};

}  // namespace gateway
