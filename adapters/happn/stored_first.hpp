// The beginning of a listener that joins a subscription which others have already, and wants what is stored:
// what is published while that is fetched waits, and comes after it. Nothing comes twice for having been
// stored and published. No I/O; on the shard's thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/session_fsm.hpp"
#include "adapters/happn/stored_items.hpp"

namespace happn {

class StoredFirst {
public:
    static constexpr std::size_t max_held = 10'000;  // publications

    /// False: there are too many, this one included.
    bool hold(const Publication& publication);
    /// Gives `pass` what is stored, as publications that say so, and then what was held.
    void release(const std::vector<StoredItem>& stored,
                 std::string_view channel,
                 const SessionFsm::OnPublication& pass);

private:
    struct Held {
        std::string path;
        std::string data;
        std::string meta;
        std::string publication_id;
        bool removed;
        std::shared_ptr<gateway::Receipt> receipt;
    };
    std::vector<Held> held_;
};

}  // namespace happn
