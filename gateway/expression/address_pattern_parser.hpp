// From the text of a source address to its segments. One object a parse, on the stack; the first problem ends
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/expression/address_pattern.hpp"
#include "gateway/expression/braces.hpp"

namespace gateway {

class AddressPatternParser {
public:
    AddressPatternParser(std::string_view text, AddressKind kind);
    Parsed<AddressPattern> parse();

private:
    using Segment = AddressPattern::Segment;

    /// The level that is being read.
    struct Level {
        std::size_t start = 0;
        std::string prefix, suffix;  // before and after what is captured; all of a literal is prefix
        bool open = false;           // holds a capture or wildcard
        bool rest = false;
        CaptureType type = CaptureType::text;
        int capture = -1;
    };

    bool read_literal(const TemplatePart& part);
    bool read_character(char character, std::size_t offset);
    bool read_wildcard(char character, std::size_t offset);
    bool read_capture(const TemplatePart& part);
    bool read_name(std::string_view name, std::size_t offset, CaptureType type);
    bool end_level(bool last, std::size_t offset);
    bool check_start();
    bool is_wildcard(char character) const;
    bool fail(std::size_t offset, std::string message, std::string hint = {});
    Segment segment_of(Level level) const;

    std::string_view text_;
    AddressPattern pattern_;
    Level level_;
    std::optional<ExpressionProblem> problem_;
};

}  // namespace gateway
