// What operators do with dead letters: look at them, have them delivered after all, drop them. Shard's
// thread; its values travel between threads.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/metrics.hpp"
#include "gateway/spool/spool.hpp"
#include "gateway/spool/spool_file.hpp"

namespace gateway::spool {

/// Some of a list of dead letters.
struct Page {
    Grave before = after_all;
    std::string route;  // empty: of all routes
    std::size_t most = 100;
};

/// These letters; or all, or all of a route, which died before somebody asked.
struct Chosen {
    std::vector<Id> ids;
    std::string route;  // empty: of all routes; counts without ids
};

enum class Deed { replay, drop };

/// Many letters, a few at a time: so that the shard does not stand still for them.
struct Round {
    Deed deed = Deed::replay;
    Chosen chosen;
    WallTime until = wall_now();
    std::size_t begun = 0;  // of chosen.ids
    Grave last;
    bool over = false;

    std::size_t done = 0;
    std::size_t failed = 0;
    std::vector<std::pair<Id, std::string>> failures;  // the first ones, with the reason in words
    std::optional<Error> error;                        // why it has ended early
};

class LetterBox {
public:
    static constexpr std::size_t most_at_once = 50;  // letters of a round
    static constexpr std::size_t most_tidied = 500;  // letters that tidy() drops for each reason
    static constexpr std::size_t most_failures = 100;
    static constexpr std::size_t most_bytes = std::size_t{64} * 1024;  // of a payload

    /// All outlive this.
    LetterBox(SpoolFile& file, Spool& spool, Metrics& metrics)
        : file_{file}, spool_{spool}, metrics_{metrics} {}

    /// As letter_text.hpp says. Errors: those of SpoolFile.
    Result<std::string> list(const Page& page);
    Result<std::string> show(Id letter);

    /// Its next few letters.
    Round go_on(Round round);

    /// To be called now and then: drops letters that are too old or too many.
    void tidy(const LetterLimits& limits, WallTime now);

private:
    Result<std::vector<Id>> next(Round& round);
    Result<void> drop(Id letter);
    std::size_t drop_earliest(WallTime until, std::size_t most);

    SpoolFile& file_;
    Spool& spool_;
    Metrics& metrics_;
};

/// `{"replayed":2,"failed":1,"failures":[{"id":7,"message":"..."}]}`, or `dropped`.
std::string round_text(const Round& round);

}  // namespace gateway::spool
