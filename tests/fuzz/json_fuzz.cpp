// JSON as bytes against nlohmann/json: the same verdict, the same members, the same strings.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/json.hpp"
#include "gateway/json_elements.hpp"
#include "gateway/json_names.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace gateway {
namespace {

using fuzz::require;
using Tree = nlohmann::json;

Tree tree_of(std::string_view text) {
    return Tree::parse(text, nullptr, false);
}

std::size_t depth_of(std::string_view text) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (quoted && text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            quoted = !quoted;
        } else if (!quoted && (text[at] == '[' || text[at] == '{')) {
            deepest = std::max(deepest, ++depth);
        } else if (!quoted && (text[at] == ']' || text[at] == '}') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

/// An exponent that Boost.JSON refuses to count, even that of a zero.
bool has_huge_exponent(std::string_view text) {
    constexpr std::size_t counted_digits = 8;
    for (auto at = text.find_first_of("eE"); at != std::string_view::npos;
         at = text.find_first_of("eE", at + 1)) {
        const auto from = text.find_first_not_of("+-", at + 1);
        if (from == std::string_view::npos) return false;
        const auto to = std::min(text.find_first_not_of("0123456789", from), text.size());
        if (to - from > counted_digits) return true;
    }
    return false;
}

/// Known differences: nlohmann skips a byte order mark, ends at a NUL, refuses numbers past a double and has
/// no depth limit; Boost.JSON refuses huge exponents.
void check_verdict(std::string_view text, bool valid) {
    const bool theirs = Tree::accept(text);
    const bool odd = text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos ||
                     has_huge_exponent(text);
    if (valid) require(depth_of(text) <= json::max_depth, "the depth is limited");
    if (valid && !theirs)
        require(text.find_first_of("eE0123456789") != std::string_view::npos, "only numbers differ");
    if (!valid && theirs) require(odd || depth_of(text) > json::max_depth, "what is JSON is accepted");
}

void check_same(std::string_view slice, const Tree& expected) {
    require(json::valid(slice), "a slice of valid JSON is valid");
    const auto tree = tree_of(slice);
    require(tree.is_discarded() || tree == expected, "a slice is the value");
}

void check_object(std::string_view text, const Tree& tree) {
    for (const auto& [key, value] : tree.items()) {
        const auto slice = json::member(text, key);
        require(slice.has_value(), "every member is found");
        check_same(*slice, value);
    }
    require(json::member(text, "no such key").has_value() == tree.contains("no such key"), "and no other");
    std::size_t seen = 0;
    const bool whole = json::for_each_member(text, [&](std::string_view name, std::string_view) {
        const auto key = json::unquoted(name);
        require(key && tree.contains(*key), "every visited name is a member");
        ++seen;
    });
    require(whole && seen >= tree.size(), "all members are visited");
}

std::size_t names_in(const Tree& tree) {
    std::size_t names = tree.is_object() ? tree.size() : 0;
    if (tree.is_structured()) {
        for (const Tree& part : tree)
            names += names_in(part);
    }
    return names;
}

void check_names(std::string_view text, const Tree& tree) {
    std::size_t seen = 0;
    json::each_name(text, [&](std::string_view name) {
        require(json::unquoted(name).has_value(), "every visited name is a text");
        ++seen;
        return true;
    });
    require(tree.is_discarded() || seen >= names_in(tree), "all names are visited");
}

void check_array(std::string_view text, const Tree& tree) {
    for (std::size_t at = 0; at < tree.size(); ++at) {
        const auto slice = json::element(text, at);
        require(slice.has_value(), "every element is found");
        check_same(*slice, tree[at]);
    }
    require(!json::element(text, tree.size()), "and no other");
    std::size_t visited = 0;
    json::each_element(text, [&](std::string_view slice) { check_same(slice, tree.at(visited++)); });
    require(visited == tree.size(), "every element is visited");
}

void check_quoting(std::string_view text) {
    const auto literal = json::quoted(text);
    require(json::valid(literal), "a quoted text is JSON");
    const auto back = json::unquoted(literal);
    require(back.has_value(), "a quoted text can be read");
    const bool plain = json::valid_utf8(text);
    require(!plain || *back == text, "quoting loses nothing");
    require(tree_of(literal).get<std::string>() == *back, "both read it alike");
}

void run(std::string_view text) {
    const bool valid = json::valid(text);
    check_verdict(text, valid);
    check_quoting(text);
    if (!valid) {  // nothing is promised but to stay inside the text
        (void)json::member(text, "a");
        (void)json::element(text, 1);
        (void)json::unquoted(text);
        json::each_name(text, [](std::string_view) { return true; });
        return;
    }
    const auto tree = tree_of(text);
    check_names(text, tree);
    if (tree.is_object()) check_object(text, tree);
    if (tree.is_array()) check_array(text, tree);
    if (tree.is_string())
        require(json::unquoted(json::trimmed(text)) == tree.get<std::string>(), "strings are alike");
}

}  // namespace
}  // namespace gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gateway::run({reinterpret_cast<const char*>(data), size});
    return 0;
}
