#include "adapters/admin/bearer.hpp"

#include <algorithm>
#include <cctype>

namespace admin {
namespace {

constexpr std::string_view scheme = "bearer ";

bool has_scheme(std::string_view authorization) {
    return authorization.size() > scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), authorization.begin(), [](char expected, char given) {
               return std::tolower(static_cast<unsigned char>(given)) == expected;
           });
}

/// Visits every character of `given`, whatever has differed before.
bool same_in_constant_time(std::string_view given, std::string_view expected) {
    std::size_t difference = given.size() ^ expected.size();
    for (std::size_t i = 0; i < given.size() && !expected.empty(); ++i) {
        difference |= static_cast<unsigned char>(given[i] ^ expected[i % expected.size()]);
    }
    return difference == 0;
}

}  // namespace

bool bearer_accepted(std::string_view authorization, const gateway::Secret& token) {
    if (token.empty() || !has_scheme(authorization)) return false;
    return same_in_constant_time(authorization.substr(scheme.size()), token.reveal());
}

}  // namespace admin
