#include "adapters/rest/openapi/path_template.hpp"

#include <cctype>
#include <string_view>

namespace rest::openapi {
namespace {

using gateway::AddressPattern;

/// RFC 3986 section 3.3: what may stand in a segment as it is; braces would be a template.
bool is_plain(char c) {
    constexpr std::string_view others = "-._~!$&'()*+,;=:@";
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
}

std::string spelled(const AddressPattern& path, const auto& name_of) {
    std::string out;
    for (const AddressPattern::Segment& segment : path.segments()) {
        out += '/';
        if (segment.kind == AddressPattern::Segment::Kind::literal) {
            out += encoded_segment(segment.literal);
        } else {
            out += encoded_segment(segment.prefix) + '{' + name_of(segment.capture) + '}' +
                   encoded_segment(segment.suffix);
        }
    }
    return out.empty() ? "/" : out;
}

}  // namespace

std::string encoded_segment(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_plain(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string path_text(const AddressPattern& path) {
    return spelled(path,
                   [&](int capture) { return path.names().at(static_cast<std::size_t>(capture)).name; });
}

std::string path_shape(const AddressPattern& path) {
    return spelled(path, [](int) { return std::string{}; });
}

Json path_parameter(const gateway::CaptureName& capture, const std::string& name) {
    Json parameter{{"name", name},
                   {"in", "path"},
                   {"required", true},
                   {"schema", gateway::documents::schema_of(capture.type)}};
    if (capture.type == gateway::CaptureType::rest) {
        parameter["description"] =
            "One or more levels: `a/b/c`. The slashes between them are sent as they are, which OpenAPI has "
            "no "
            "words for; a client that encodes them can send one level only.";
        parameter["x-multi-segment"] = true;
    }
    return parameter;
}

}  // namespace rest::openapi
