// Cuts the bytes of a fuzzer into the pieces that a target wants. A piece ends at byte 0xFE, which is in no
// UTF-8, so that every other byte can be part of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gateway::fuzz {

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : left_{reinterpret_cast<const char*>(data), size} {}

    std::string_view piece() {
        const auto end = left_.find('\xFE');
        const auto found = left_.substr(0, end);
        left_ = end == std::string_view::npos ? std::string_view{} : left_.substr(end + 1);
        return found;
    }

    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return first;
    }

private:
    std::string_view left_;
};

/// What must hold whatever the input is.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", what);
    std::abort();
}

}  // namespace gateway::fuzz
