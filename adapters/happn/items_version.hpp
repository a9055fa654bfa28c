// What tells one state of some stored items from another: which there are and when each was modified, in the
// order in which they are given. A hash, so that its size does not depend on their number. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace happn {

class ItemsVersion {
public:
    /// `modified`: ms since 1970, as text. An item without a time makes the whole unknown.
    void add(std::string_view path, std::string_view modified);
    /// Empty: not known. No items at all are a state as well.
    std::string text() const;

private:
    void mix(std::string_view bytes);

    std::uint64_t hash_ = 14695981039346656037U;  // FNV-1a, 64 bits
    bool known_ = true;
};

}  // namespace happn
