// A hash map by text that is looked up by views of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace happn::node {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

template <typename Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace happn::node
