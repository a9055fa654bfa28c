#include "gateway/expression/address_pattern_parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/suggestion.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

struct TypeName {
    std::string_view name;
    CaptureType type;
};

constexpr std::array<TypeName, 4> type_names{{{"int", CaptureType::integer},
                                              {"number", CaptureType::number},
                                              {"uuid", CaptureType::uuid},
                                              {"slug", CaptureType::slug}}};

std::string type_hint(std::string_view name) {
    const auto near = did_you_mean(name, {"int", "number", "uuid", "slug"});
    return near.empty() ? "types are int, number, uuid and slug" : near;
}

bool leads_with_slash(AddressKind kind) {
    return kind == AddressKind::happn || kind == AddressKind::http;
}

bool percent_encoded(std::string_view text, std::size_t at) {
    const auto hexadecimal = [](char c) {
        return std::string_view{"0123456789abcdefABCDEF"}.find(c) != std::string_view::npos;
    };
    return at + 2 < text.size() && text[at] == '%' && hexadecimal(text[at + 1]) && hexadecimal(text[at + 2]);
}

}  // namespace

AddressPatternParser::AddressPatternParser(std::string_view text, AddressKind kind) : text_{text} {
    pattern_.kind_ = kind;
    pattern_.text_ = text;
}

Parsed<AddressPattern> AddressPatternParser::parse() {
    if (!check_start()) return *std::move(problem_);
    auto parts = split_braces(text_);
    if (!parts) return std::move(parts).error();
    if (leads_with_slash(pattern_.kind_) && text_.front() == '/') {
        parts->front().text.remove_prefix(1);
        ++parts->front().offset;
        level_.start = 1;
    }
    for (const auto& part : *parts) {
        if (!(part.expression ? read_capture(part) : read_literal(part))) return *std::move(problem_);
    }
    if (!end_level(true, text_.size())) return *std::move(problem_);
    return std::move(pattern_);
}

bool AddressPatternParser::check_start() {
    if (text_.empty()) return fail(0, "an address is never empty");
    if (text_.size() > max_address_size) return fail(max_address_size, "an address has at most 65535 bytes");
    if (!json::valid_utf8(text_)) return fail(0, "an address is UTF-8 without NUL");
    const bool stars = pattern_.kind_ == AddressKind::happn || pattern_.kind_ == AddressKind::call;
    const bool everything = stars && (text_ == "*" || text_ == "**");
    if (leads_with_slash(pattern_.kind_) && text_.front() != '/' && !everything) {
        return fail(0, "a path starts with '/'", "write '/" + std::string{text_} + "'");
    }
    if (everything) text_ = "**";
    if (pattern_.kind_ == AddressKind::mqtt && text_.starts_with("$share/")) {
        return fail(0, "a shared subscription is not spelled in the topic", "write 'group:' beside it");
    }
    return true;
}

bool AddressPatternParser::read_literal(const TemplatePart& part) {
    for (std::size_t at = 0; at < part.text.size(); ++at) {
        const auto offset = part.offset + at;
        if (pattern_.kind_ == AddressKind::http && percent_encoded(part.text, at)) {
            return fail(
                offset, "segments are decoded before they are compared", "write the character itself");
        }
        if (!read_character(part.text[at], offset)) return false;
    }
    return true;
}

bool AddressPatternParser::is_wildcard(char character) const {
    switch (pattern_.kind_) {
        case AddressKind::mqtt:
            return character == '+' || character == '#';
        case AddressKind::happn:
        case AddressKind::call:
        case AddressKind::http:
            return character == '*';
    }
    return false;
}

bool AddressPatternParser::read_character(char character, std::size_t offset) {
    if (character == '/') return end_level(false, offset);
    if (is_wildcard(character)) return read_wildcard(character, offset);
    if (!legal_character(pattern_.kind_, character)) {
        return fail(offset, "an address of this kind cannot hold " + character_name(character));
    }
    if (pattern_.kind_ == AddressKind::http && (character == '?' || character == '#')) {
        return fail(
            offset, "a path ends before " + character_name(character), "query parameters go under 'query:'");
    }
    (level_.open ? level_.suffix : level_.prefix) += character;
    return true;
}

bool AddressPatternParser::read_wildcard(char character, std::size_t offset) {
    if (pattern_.kind_ == AddressKind::http) {
        return fail(offset,
                    "HTTP paths have no wildcards",
                    "write '{name}' for one segment, '{name...}' for the rest");
    }
    pattern_.has_wildcard_ = true;
    const bool second_star =
        character == '*' && level_.open && level_.capture < 0 && level_.suffix.empty() && !level_.rest;
    if (second_star) {
        level_.rest = true;
        return true;
    }
    if (level_.open) return fail(offset, "a level holds one capture or wildcard");
    level_.open = true;
    level_.rest = character == '#';
    return true;
}

bool AddressPatternParser::read_capture(const TemplatePart& part) {
    auto name = part.text;
    const auto offset = part.offset;
    if (level_.open) return fail(offset, "a level holds one capture or wildcard");
    if (name.starts_with('*')) {
        return fail(
            offset, "'{*name}' belongs in the address of a get or stream", "write '{name}' in a source");
    }
    level_.open = true;
    if (name.ends_with("...")) {
        level_.rest = true;
        name.remove_suffix(3);
        return read_name(name, offset, CaptureType::rest);
    }
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return read_name(name, offset, CaptureType::text);
    const auto type = name.substr(colon + 1);
    const auto known = std::ranges::find(type_names, type, &TypeName::name);
    if (known == type_names.end()) {
        return fail(offset + colon + 1, "unknown type '" + std::string{type} + "'", type_hint(type));
    }
    return read_name(name.substr(0, colon), offset, known->type);
}

bool AddressPatternParser::read_name(std::string_view name, std::size_t offset, CaptureType type) {
    const std::string quoted = "'" + std::string{name} + "'";
    if (!is_name(name)) {
        return fail(offset, quoted + " is no name for a capture", "names are letters, digits and '_'");
    }
    if (is_reserved_name(name))
        return fail(offset, quoted + " is reserved", "call the capture something else");
    if (std::ranges::find(pattern_.names_, name, &CaptureName::name) != pattern_.names_.end()) {
        return fail(offset, quoted + " is bound twice");
    }
    level_.capture = static_cast<int>(pattern_.names_.size());
    level_.type = type;
    pattern_.names_.push_back({std::string{name}, type});
    return true;
}

bool AddressPatternParser::end_level(bool last, std::size_t offset) {
    const bool partial = !level_.prefix.empty() || !level_.suffix.empty();
    if (level_.rest && partial) return fail(level_.start, "what takes the rest is a whole level");
    if (level_.rest && !last) return fail(level_.start, "what takes the rest is the last level");
    if (level_.open && partial && pattern_.kind_ == AddressKind::mqtt && level_.capture < 0) {
        return fail(level_.start, "'+' is a whole level", "write '{name}' for a part of one");
    }
    if (!level_.open &&
        (level_.prefix == ".." || (pattern_.kind_ == AddressKind::http && level_.prefix == "."))) {
        return fail(level_.start, "'" + level_.prefix + "' is no level of an address");
    }
    pattern_.segments_.push_back(segment_of(std::exchange(level_, Level{})));
    level_.start = offset + 1;
    return true;
}

AddressPatternParser::Segment AddressPatternParser::segment_of(Level level) const {
    Segment segment;
    segment.type = level.type;
    segment.capture = level.capture;
    if (!level.open) {
        segment.kind = Segment::Kind::literal;
        segment.literal = std::move(level.prefix);
    } else if (level.rest) {
        segment.kind = Segment::Kind::rest;
        segment.type = CaptureType::rest;
    } else if (!level.prefix.empty() || !level.suffix.empty()) {
        segment.kind = Segment::Kind::partial;
        segment.prefix = std::move(level.prefix);
        segment.suffix = std::move(level.suffix);
    } else if (level.capture < 0) {
        segment.kind = Segment::Kind::wildcard;
    } else {
        segment.kind = level.type == CaptureType::text ? Segment::Kind::capture : Segment::Kind::typed;
    }
    return segment;
}

bool AddressPatternParser::fail(std::size_t offset, std::string message, std::string hint) {
    problem_ = ExpressionProblem{offset, std::move(message), std::move(hint)};
    return false;
}

Parsed<AddressPattern> AddressPattern::parse(std::string_view text, AddressKind kind) {
    return AddressPatternParser{text, kind}.parse();
}

}  // namespace gateway
