#include "gateway/expression/suggestion.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace gateway {
namespace {

constexpr std::size_t longest_name = 64;  // longer ones are no typing errors; bounds the quadratic work

bool same(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

// A third of the letters may be wrong, one in short names.
Suggestion::Suggestion(std::string_view name)
    : name_{name}, best_{name.size() > longest_name ? 0 : std::max<std::size_t>(1, name.size() / 3) + 1} {}

void Suggestion::consider(std::string_view candidate) {
    if (best_ == 0 || candidate.size() > longest_name) return;
    const auto distance = edit_distance(name_, candidate);
    if (distance >= best_ || distance >= candidate.size()) return;
    best_ = distance;
    nearest_ = candidate;
}

std::string Suggestion::hint() const {
    return nearest_.empty() ? "" : "did you mean '" + nearest_ + "'?";
}

}  // namespace gateway
