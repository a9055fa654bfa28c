// The outer syntax of patterns and templates: literal text and `{...}`, with `{{` and `}}` for literal
// braces. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/problem.hpp"

namespace gateway {

struct TemplatePart {
    bool expression = false;
    std::string_view text;   // of an expression: what stands between the braces
    std::size_t offset = 0;  // of `text` in the whole
};

/// A doubled brace is a literal part of its own, so that every offset is true. Quoted text in an expression
/// may hold braces. The parts point into `text`.
Parsed<std::vector<TemplatePart>> split_braces(std::string_view text);

}  // namespace gateway
