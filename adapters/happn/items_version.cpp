#include "adapters/happn/items_version.hpp"

#include <fmt/format.h>

namespace happn {

void ItemsVersion::add(std::string_view path, std::string_view modified) {
    known_ = known_ && !modified.empty();
    mix(path);
    mix("\n");
    mix(modified);
    mix("\n");
}

void ItemsVersion::mix(std::string_view bytes) {
    for (const char byte : bytes) {
        hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 1099511628211U;
    }
}

std::string ItemsVersion::text() const {
    return known_ ? fmt::format("{:016x}", hash_) : std::string{};
}

}  // namespace happn
