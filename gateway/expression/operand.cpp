#include "gateway/expression/operand.hpp"

#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace gateway {

bool Operand::nothing() const {
    return absent() || (kind_ == Kind::json && shared_.view() == "null");
}

bool Operand::is_text() const {
    return kind_ == Kind::text || (kind_ == Kind::json && shared_.view().starts_with('"'));
}

bool Operand::is_structure() const {
    return kind_ == Kind::json && (shared_.view().starts_with('{') || shared_.view().starts_with('['));
}

std::string_view Operand::kind_name() const {
    if (is_text()) return "a text";
    if (kind_ == Kind::bytes) return "bytes";
    if (nothing()) return "null";
    if (is_structure()) return shared_.view().starts_with('{') ? "an object" : "a list";
    const bool boolean = shared_.view() == "true" || shared_.view() == "false";
    return boolean ? "a boolean" : "a number";
}

std::string Operand::raw() const {
    return kind_ == Kind::bytes ? shared_.str() : to_text();
}

std::string Operand::to_text() const {
    switch (kind_) {
        case Kind::absent:
            return {};
        case Kind::text:
            return text_;
        case Kind::bytes:
            return base64(shared_.view());
        case Kind::json:
            break;
    }
    return is_text() ? json::unquoted(shared_.view()).value_or(std::string{}) : shared_.str();
}

Value Operand::to_value() const {
    switch (kind_) {
        case Kind::absent:
            return {};
        case Kind::text:
            return Value::text(text_);
        case Kind::bytes:
            return Value::text(base64(shared_.view()));
        case Kind::json:
            break;
    }
    return Value::json(shared_);
}

}  // namespace gateway
