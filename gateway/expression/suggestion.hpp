// "did you mean 'device'?": the nearest of the names that would have been right. For people's typing errors
// in templates, mapping files and settings; pure.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace gateway {

/// Insertions, deletions, replacements and swaps of neighbours, each 1; case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

class Suggestion {
public:
    explicit Suggestion(std::string_view name);
    void consider(std::string_view candidate);
    /// "did you mean 'device'?", or empty.
    std::string hint() const;

private:
    std::string name_;
    std::size_t best_;  // a candidate must be nearer than this
    std::string nearest_;
};

/// A hint for `name` out of any range of strings; empty if nothing is near.
template <typename Names>
std::string did_you_mean(std::string_view name, const Names& candidates) {
    Suggestion suggestion{name};
    for (const auto& candidate : candidates)
        suggestion.consider(candidate);
    return suggestion.hint();
}

inline std::string did_you_mean(std::string_view name, std::initializer_list<std::string_view> candidates) {
    Suggestion suggestion{name};
    for (const auto candidate : candidates)
        suggestion.consider(candidate);
    return suggestion.hint();
}

}  // namespace gateway
