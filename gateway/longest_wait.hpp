// How long whoever is answered by a route may have to wait for it. Pure.
#pragma once

#include "gateway/clock.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// The longest of the targets' timeouts.
Duration longest_wait(const Route& route);

}  // namespace gateway
