// Where the admin listener's threads meet the shard for dead letters.
#pragma once

#include "adapters/admin/dead_letters.hpp"
#include "gateway/clock.hpp"
#include "gateway/shard.hpp"

namespace gateway::app {

/// Each question waits for the shard up to `patience`. Both outlive the desk.
admin::DeadLetterDesk dead_letter_desk(Shard& shard, spool::LetterBox& box, Duration patience);

}  // namespace gateway::app
