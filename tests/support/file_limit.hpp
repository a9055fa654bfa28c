// Files that a test with many connections needs.
#pragma once

#include <sys/resource.h>

#include <algorithm>

namespace support {

/// As far as the system lets this process.
inline void allow_files(rlim_t files) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(files, limit.rlim_max));
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace support
