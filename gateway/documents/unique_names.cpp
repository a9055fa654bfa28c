#include "gateway/documents/unique_names.hpp"

#include <cctype>

namespace gateway::documents {
namespace {

std::string identifier(std::string_view wish) {
    std::string name;
    for (const char c : wish) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (plain || (!name.empty() && name.back() != '_')) name += plain ? c : '_';
    }
    while (name.ends_with('_'))
        name.pop_back();
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) name.insert(0, 1, '_');
    return name;
}

}  // namespace

std::string UniqueNames::take(std::string_view wish) {
    const std::string name = identifier(wish);
    std::string free = name;
    for (int number = 2; !taken_.insert(free).second; ++number)
        free = name + '_' + std::to_string(number);
    return free;
}

}  // namespace gateway::documents
