#include "gateway/app/file_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "gateway/log.hpp"

namespace gateway::app {
namespace {

constexpr rlim_t other_files = 64;  // libraries, listeners, brokers, meshes

}  // namespace

std::size_t connections_that_fit(std::size_t wanted) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    const rlim_t allowed = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    const rlim_t files = setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : allowed;
    const std::size_t fit = files > other_files ? files - other_files : 1;
    if (fit < wanted)
        log::info(
            "up to {} clients can be connected at once, not {} (limits.connections): the system lets this "
            "program have {} files open (ulimit -n)",
            fit,
            wanted,
            files);
    return std::min(fit, wanted);
}

}  // namespace gateway::app
