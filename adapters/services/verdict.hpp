// What a transfer tells about the service, for its circuit. Pure.
#pragma once

#include <cstdint>

#include "adapters/services/transfers.hpp"
#include "gateway/clock.hpp"

namespace services {

enum class Verdict : std::uint8_t {
    well,     // it answers, if only to say no
    failing,  // not reached, too slow, or 502, 503 or 504
    unknown,  // what went wrong was not its fault
};

/// `given`: how long this transfer might take; `allowed`: how long the target lets one take. Who asks with
/// less patience than that learns nothing about the service.
Verdict verdict_on(const TransferResult& result, gateway::Duration given, gateway::Duration allowed);

}  // namespace services
