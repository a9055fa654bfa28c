#include "adapters/rest/query_text.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/json.hpp"

namespace rest {
namespace {

constexpr std::size_t max_fields = 1000;  // Node's own: what comes after is not looked at

std::string with_replacements(const std::string& text) {
    if (gateway::json::valid_utf8(text)) return text;
    using Json = nlohmann::json;
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

std::string decoded(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view digits = text.substr(i + 1, 2);
        unsigned int byte = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (text[i] == '%' && digits.size() == 2 && read.ptr == digits.data() + 2) {
            plain += static_cast<char>(byte);
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return with_replacements(plain);
}

}  // namespace

std::vector<gateway::NameValue> read_query_as_node(std::string_view query) {
    std::vector<gateway::NameValue> fields;
    for (std::size_t seen = 0; seen < max_fields && !query.empty(); ++seen) {
        const auto end = query.find('&');
        const std::string_view field = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (field.empty()) continue;
        const auto equals = field.find('=');
        const bool has_value = equals != std::string_view::npos;
        fields.emplace_back(decoded(field.substr(0, equals)),
                            has_value ? decoded(field.substr(equals + 1)) : std::string{});
    }
    return fields;
}

}  // namespace rest
