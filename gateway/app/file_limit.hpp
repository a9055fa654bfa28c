// Every connection is an open file, and shells and service managers often allow 1024.
#pragma once

#include <cstddef>

namespace gateway::app {

/// Raises the process's limit of open files as far as it may (setrlimit(2)). `wanted`, or as many connections
/// as fit, which is logged.
std::size_t connections_that_fit(std::size_t wanted);

}  // namespace gateway::app
