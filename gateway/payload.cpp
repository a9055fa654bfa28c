#include "gateway/payload.hpp"

#include <openssl/evp.h>

#include <array>
#include <set>
#include <utility>

#include "gateway/json.hpp"

namespace gateway {
namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";

Error undecodable(std::string_view what) {
    return Error{Errc::bad_request, "payload is not " + std::string{what}};
}

Payload json_payload(Bytes bytes) {
    return Payload{std::move(bytes), Encoding::json, std::string{json_type}};
}

Result<Payload> decode_json(Payload payload) {
    if (payload.encoding == Encoding::text) return json_payload(Bytes{json::quoted(payload.bytes.view())});
    if (payload.encoding != Encoding::raw) return payload;
    if (!json::valid(payload.bytes.view())) return undecodable("JSON");
    payload.encoding = Encoding::json;
    return payload;
}

Result<Payload> decode_text(Payload payload) {
    if (payload.encoding == Encoding::json) {
        if (auto text = json::unquoted(payload.bytes.view()))
            return Payload{Bytes{*std::move(text)}, Encoding::text, std::string{text_type}};
    }
    if (!json::valid_utf8(payload.bytes.view())) return undecodable("UTF-8 text");
    payload.encoding = Encoding::text;
    return payload;
}

Result<Payload> decode_number(Payload payload) {
    const std::string_view text = json::trimmed(payload.bytes.view());
    const bool starts_like_one =
        !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
    if (!starts_like_one || !json::valid(text)) return undecodable("a number");
    return json_payload(payload.bytes.slice(text));
}

Result<Payload> decode_boolean(Payload payload) {
    static constexpr std::array<std::pair<std::string_view, bool>, 6> spellings{
        {{"true", true}, {"false", false}, {"1", true}, {"0", false}, {"on", true}, {"off", false}}};
    const std::string_view text = json::trimmed(payload.bytes.view());
    for (const auto& [spelling, value] : spellings) {
        if (text == spelling) return json_payload(Bytes::literal(value ? "true" : "false"));
    }
    return undecodable("a boolean");
}

Result<Payload> decode_form(Payload payload) {
    const auto fields = parse_form(payload.bytes.view());
    if (!fields) return undecodable("a form");
    std::set<std::string_view> names;
    std::string object = "{";
    for (const auto& [name, value] : *fields) {
        if (!names.insert(name).second)
            return Error{Errc::bad_request, "the form's field '" + name + "' is given more than once"};
        if (object.size() > 1) object += ',';
        json::append_quoted(object, name);
        object += ':';
        json::append_quoted(object, value);
    }
    object += '}';
    return json_payload(Bytes{std::move(object)});
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

std::optional<std::string> decode_form_text(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    if (!json::valid_utf8(decoded)) return std::nullopt;
    return decoded;
}

}  // namespace

Result<Payload> decode(Payload payload, Decode how) {
    switch (how) {
        case Decode::json:
            return decode_json(std::move(payload));
        case Decode::text:
            return decode_text(std::move(payload));
        case Decode::number:
            return decode_number(std::move(payload));
        case Decode::boolean:
            return decode_boolean(std::move(payload));
        case Decode::form:
            return decode_form(std::move(payload));
        case Decode::bytes:
            payload.encoding = Encoding::bytes;
            return payload;
    }
    return undecodable("known");
}

Result<Payload> encode(Payload payload, Encode how) {
    if (how == Encode::as_is) return payload;
    if (how == Encode::bytes) {
        payload.encoding = Encoding::bytes;
        return payload;
    }
    if (how == Encode::text) return decode_text(std::move(payload));
    if (payload.encoding == Encoding::bytes)
        return json_payload(Bytes{'"' + base64(payload.bytes.view()) + '"'});
    const bool nothing_sent = payload.bytes.empty() && payload.encoding == Encoding::raw;
    if (nothing_sent) return payload;
    return decode_json(std::move(payload));
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3), '\0');
    // EVP_EncodeBlock adds a NUL behind the text: std::string keeps room for exactly that.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                    reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes(3 * (text.size() / 4), '\0');
    const int decoded = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                        reinterpret_cast<const unsigned char*>(text.data()),
                                        static_cast<int>(text.size()));
    if (decoded < 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    bytes.resize(static_cast<std::size_t>(decoded) - padding);
    return bytes;
}

std::optional<std::vector<NameValue>> parse_form(std::string_view text) {
    std::vector<NameValue> fields;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view field = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (field.empty()) continue;
        const std::size_t equals = field.find('=');
        auto name = decode_form_text(field.substr(0, equals));
        auto value = decode_form_text(equals == std::string_view::npos ? std::string_view{}
                                                                       : field.substr(equals + 1));
        if (!name || !value) return std::nullopt;
        fields.emplace_back(*std::move(name), *std::move(value));
    }
    return fields;
}

}  // namespace gateway
