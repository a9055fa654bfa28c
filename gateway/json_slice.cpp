// Slicing of JSON text that is known to be valid. Written by hand rather than with simdjson: that wants 64
// bytes of padding behind the text, which a slice in the middle of a received buffer does not have, so that
// each look would copy the payload. It never reads outside the text, whatever stands there; a fuzz test holds
// it against nlohmann/json.
#include <string_view>

#include "gateway/json.hpp"
#include "gateway/json_elements.hpp"
#include "gateway/json_names.hpp"

namespace gateway::json {
namespace {

bool blank(char character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_{text} {}

    /// The next character that is no blank; NUL at the end.
    char peek() {
        while (at_ < text_.size() && blank(text_[at_]))
            ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    bool take(char character) {
        if (peek() != character) return false;
        ++at_;
        return true;
    }

    /// The whole value that starts here; empty if there is none.
    std::string_view value() {
        const char first = peek();
        const auto start = at_;
        if (first == '"') {
            skip_string();
        } else if (first == '{' || first == '[') {
            skip_nested();
        } else {
            skip_scalar();
        }
        return text_.substr(start, at_ - start);
    }

private:
    void skip_string() {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\') {
                ++at_;
            } else if (text_[at_] == '"') {
                ++at_;
                return;
            }
        }
        at_ = text_.size();
    }

    void skip_nested() {
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char character = text_[at_];
            if (character == '"') {
                skip_string();
                continue;
            }
            ++at_;
            if (character == '{' || character == '[') ++depth;
            if ((character == '}' || character == ']') && --depth == 0) return;
        }
    }

    void skip_scalar() {
        while (at_ < text_.size() && !blank(text_[at_]) && text_[at_] != ',' && text_[at_] != '}' &&
               text_[at_] != ']') {
            ++at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool same_key(std::string_view literal, std::string_view key) {
    if (literal.size() < 2) return false;
    if (literal.find('\\') == std::string_view::npos) return literal.substr(1, literal.size() - 2) == key;
    return unquoted(literal) == key;
}

}  // namespace

bool for_each_member(std::string_view object, const MemberVisit& visit) {
    Cursor cursor{object};
    if (!cursor.take('{')) return false;
    while (cursor.peek() == '"') {
        const auto name = cursor.value();
        if (!cursor.take(':')) return false;
        const auto value = cursor.value();
        if (value.empty()) return false;
        visit(name, value);
        if (!cursor.take(',')) break;
    }
    return cursor.take('}');
}

bool each_name(std::string_view text, const NameVisit& visit) {
    Cursor cursor{text};
    while (const char next = cursor.peek()) {
        if (next != '"') {
            cursor.take(next);
        } else if (const auto literal = cursor.value(); cursor.peek() == ':' && !visit(literal)) {
            return false;
        }
    }
    return true;
}

std::optional<std::string_view> member(std::string_view object, std::string_view key) {
    std::optional<std::string_view> found;
    Cursor cursor{object};
    if (!cursor.take('{')) return std::nullopt;
    while (cursor.peek() == '"') {
        const auto name = cursor.value();
        if (!cursor.take(':')) return std::nullopt;
        const auto value = cursor.value();
        if (value.empty()) return std::nullopt;
        if (same_key(name, key)) found = value;
        if (!cursor.take(',')) break;
    }
    return found;
}

std::optional<std::string_view> element(std::string_view array, std::size_t index) {
    Cursor cursor{array};
    if (!cursor.take('[') || cursor.peek() == ']') return std::nullopt;
    for (std::size_t at = 0;; ++at) {
        const auto value = cursor.value();
        if (value.empty()) return std::nullopt;
        if (at == index) return value;
        if (!cursor.take(',')) return std::nullopt;
    }
}

bool each_element(std::string_view array, const ElementVisit& visit) {
    Cursor cursor{array};
    if (!cursor.take('[')) return false;
    while (cursor.peek() != ']') {
        const auto value = cursor.value();
        if (value.empty()) return false;
        visit(value);
        if (!cursor.take(',')) break;
    }
    return cursor.take(']');
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

}  // namespace gateway::json
