#include "gateway/app/dead_letter_desk.hpp"

#include <utility>

namespace gateway::app {

admin::DeadLetterDesk dead_letter_desk(Shard& shard, spool::LetterBox& box, Duration patience) {
    admin::DeadLetterDesk desk;
    desk.list = [&shard, &box, patience](spool::Page page) {
        return shard.ask([&box, page = std::move(page)] { return box.list(page); }, patience);
    };
    desk.show = [&shard, &box, patience](spool::Id letter) {
        return shard.ask([&box, letter] { return box.show(letter); }, patience);
    };
    desk.go_on = [&shard, &box, patience](spool::Round round) {
        return shard.ask([&box, round = std::move(round)] { return box.go_on(round); }, patience);
    };
    return desk;
}

}  // namespace gateway::app
