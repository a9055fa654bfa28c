// `dead-letters list | show | replay | drop`: of a running gateway.
#pragma once

#include <CLI/App.hpp>

namespace gateway::app {

/// Its callbacks set `status`, which outlives `program`.
void add_dead_letters(CLI::App& program, int& status);

}  // namespace gateway::app
