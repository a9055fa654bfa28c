#include "gateway/spool/letter_box.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/log.hpp"
#include "gateway/spool/letter_text.hpp"

namespace gateway::spool {
namespace {

bool concerns_all(const Error& error) {
    return error.errc == Errc::unavailable || error.errc == Errc::cancelled;
}

Round ended(Round round, const Error& why) {
    round.error = why;
    round.over = true;
    return round;
}

}  // namespace

Result<std::string> LetterBox::list(const Page& page) {
    auto letters = file_.dead_letters(page.before, page.route, page.most + 1, 0);
    if (letters.has_error()) return letters.error();
    const bool has_more = letters->size() > page.most;
    if (has_more) letters->pop_back();
    return page_text(*letters, file_.usage().dead, has_more);
}

Result<std::string> LetterBox::show(Id letter) {
    const auto found = file_.dead_letter(letter, most_bytes);
    if (found.has_error()) return found.error();
    return letter_text(*found);
}

Round LetterBox::go_on(Round round) {
    const auto ids = next(round);
    if (ids.has_error()) return ended(std::move(round), ids.error());
    for (const Id id : *ids) {
        const auto result = round.deed == Deed::replay ? spool_.replay(id) : drop(id);
        if (!result.has_error()) {
            ++round.done;
        } else if (concerns_all(result.error())) {
            return ended(std::move(round), result.error());
        } else if (++round.failed <= most_failures) {
            round.failures.emplace_back(id, result.error().message);
        }
    }
    round.over = ids->size() < most_at_once;
    return round;
}

Result<std::vector<Id>> LetterBox::next(Round& round) {
    std::vector<Id> ids;
    if (!round.chosen.ids.empty()) {
        const auto& all = round.chosen.ids;
        const std::size_t end = std::min(all.size(), round.begun + most_at_once);
        while (round.begun < end)
            ids.push_back(all[round.begun++]);
        return ids;
    }
    const auto graves = file_.graves(round.last, round.until, round.chosen.route, most_at_once);
    if (graves.has_error()) return graves.error();
    for (const Grave& grave : *graves)
        ids.push_back(grave.id);
    if (!graves->empty()) round.last = graves->back();
    return ids;
}

Result<void> LetterBox::drop(Id letter) {
    auto dropped = file_.drop(letter);
    if (!dropped.has_error()) metrics_.count("dead_letters_dropped");
    return dropped;
}

void LetterBox::tidy(const LetterLimits& limits, WallTime now) {
    const auto max_age = std::chrono::duration_cast<Milliseconds>(limits.max_age).count();
    if (const auto old = drop_earliest(now - max_age, most_tidied); old > 0) {
        metrics_.count("dead_letters_expired", old);
        log::warn("spool: {} dead letters are dropped, older than dead_letters.max_age", old);
    }
    const std::size_t dead = file_.usage().dead;
    if (dead <= limits.max_messages) return;
    const auto more = drop_earliest(after_all.died, std::min(dead - limits.max_messages, most_tidied));
    if (more == 0) return;
    metrics_.count("dead_letters_crowded_out", more);
    log::warn("spool: {} dead letters are dropped, more than dead_letters.max_messages", more);
}

/// What cannot be done now is done another time.
std::size_t LetterBox::drop_earliest(WallTime until, std::size_t most) {
    const auto graves = file_.graves({}, until, {}, most);
    if (graves.has_error() || graves->empty()) return 0;
    const auto dropped = file_.drop(*graves);
    return dropped.has_error() ? 0 : *dropped;
}

std::string round_text(const Round& round) {
    nlohmann::ordered_json json{{round.deed == Deed::replay ? "replayed" : "dropped", round.done},
                                {"failed", round.failed},
                                {"failures", nlohmann::json::array()}};
    for (const auto& [id, message] : round.failures)
        json["failures"].push_back({{"id", id}, {"message", message}});
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace gateway::spool
