#include "gateway/longest_wait.hpp"

#include <algorithm>

namespace gateway {

Duration longest_wait(const Route& route) {
    Duration longest = Duration::zero();
    for (const Target& target : route.targets)
        longest = std::max(longest, target.timeout);
    return longest;
}

}  // namespace gateway
