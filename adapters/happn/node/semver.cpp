#include "adapters/happn/node/semver.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace happn::node {

namespace {

using Numbers = std::array<unsigned, 3>;

struct Partial {
    Numbers numbers{};
    std::size_t given = 0;  // how many of the three are numbers
};

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// nullopt: not a version at all.
std::optional<Partial> parse(std::string_view text) {
    Partial partial;
    text = text.substr(0, text.find_first_of("-+"));
    while (text.starts_with('v') || text.starts_with('=')) {
        text.remove_prefix(1);
    }
    while (partial.given < 3 && !text.empty()) {
        const auto part = text.substr(0, text.find('.'));
        if (part == "x" || part == "X" || part == "*") {
            return partial;
        }
        unsigned& number = partial.numbers[partial.given];
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (error != std::errc{} || end != part.data() + part.size()) {
            return std::nullopt;
        }
        ++partial.given;
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return partial;
}

/// The first version that no longer shares the first `kept` numbers.
Numbers bumped(Numbers numbers, std::size_t kept) {
    if (kept == 0) {
        return {~0u, 0, 0};
    }
    ++numbers[kept - 1];
    for (std::size_t i = kept; i < 3; ++i) {
        numbers[i] = 0;
    }
    return numbers;
}

std::size_t kept_by_caret(const Partial& low) {
    for (std::size_t i = 0; i < low.given; ++i) {
        if (low.numbers[i] != 0) {
            return i + 1;
        }
    }
    return low.given;
}

bool fits_comparator(const Numbers& version, std::string_view comparator) {
    const auto operator_size = std::min(comparator.find_first_not_of("<>=^~"), comparator.size());
    const auto op = comparator.substr(0, operator_size);
    const auto low = parse(comparator.substr(operator_size));
    if (!low) {
        return false;
    }
    if (op == ">=" || op == "<") {
        return (version >= low->numbers) == (op == ">=");
    }
    if (op == ">" || op == "<=") {
        const bool above =
            low->given == 3 ? version > low->numbers : version >= bumped(low->numbers, low->given);
        return above == (op == ">");
    }
    const std::size_t kept = op == "^"   ? kept_by_caret(*low)
                             : op == "~" ? std::min<std::size_t>(low->given, 2)
                                         : low->given;
    return version >= low->numbers && version < bumped(low->numbers, kept);
}

bool fits_all(const Numbers& version, std::string_view comparators) {
    comparators = trimmed(comparators);
    while (!comparators.empty()) {
        const auto one = comparators.substr(0, comparators.find(' '));
        if (!fits_comparator(version, one)) {
            return false;
        }
        comparators = trimmed(comparators.substr(one.size()));
    }
    return true;
}

}  // namespace

bool satisfies(std::string_view version, std::string_view range) {
    if (version == range || range.empty() || range == "*") {
        return true;
    }
    const auto parsed = parse(version);
    if (!parsed) {
        return false;
    }
    for (;;) {
        const auto either = range.find("||");
        if (fits_all(parsed->numbers, range.substr(0, either))) {
            return true;
        }
        if (either == std::string_view::npos) {
            return false;
        }
        range.remove_prefix(either + 2);
    }
}

}  // namespace happn::node
