// What must not be lost, on disk: messages as they came, and for each route that has to deliver one, how far
// that is. A call that has returned survives the death of the process (sqlite/database.hpp). Bounded in
// number and bytes. Any thread: one lock, held for tens of microseconds.
//
// Errors: Errc::overloaded - full, and nothing has changed; Errc::unavailable - the disk or the file fails,
// in its own words; Errc::not_found - there is no such message, delivery or dead letter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/clock.hpp"
#include "gateway/message.hpp"
#include "gateway/spool/delivery_order.hpp"
#include "gateway/spool/tables.hpp"
#include "gateway/sqlite/database.hpp"

namespace gateway::spool {

struct Limits {
    std::size_t messages = 1'000'000;           // dead letters included
    std::size_t bytes = std::size_t{1} << 30U;  // of their addresses and payloads
};

/// One message on one route.
struct Delivery {
    Id id = 0;
    Id message = 0;
    std::string route;
    std::string key;       // what its order is by
    WallTime expires = 0;  // 0: never
    int attempts = 0;      // begun
};

/// What an attempt needs.
struct Attempt {
    Delivery delivery;
    Message message;
    WallTime arrived = 0;
};

struct DeadLetter {
    Delivery delivery;
    Message message;
    WallTime arrived = 0;
    WallTime died = 0;
    std::string stage;  // where it ended: decode, map, target ...
    std::string cause;  // in words
};

struct Usage {
    std::size_t messages = 0;
    std::size_t bytes = 0;
    std::size_t dead = 0;
};

class SpoolFile {
public:
    /// Errors: those of sqlite::Database::open.
    static Result<std::unique_ptr<SpoolFile>> open(const std::string& file, Limits limits);
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    /// A message that has arrived. Routes are found for it later; until then it is unrouted.
    Result<Id> keep(const Message& message, WallTime now);
    /// Those that this has no delivery for, oldest first: the process ended before they were routed.
    Result<std::vector<Id>> unrouted();
    Result<Message> message(Id id);

    /// All routes that have to deliver the message, in one step; gives their ids. `attempts` are those that
    /// have begun with this. None: the message is forgotten.
    Result<std::vector<Id>> route(Id message, const std::vector<Delivery>& deliveries);
    /// What is neither finished nor dead, in the order it was routed in.
    Result<std::vector<Delivery>> open_deliveries();

    /// Counted before it is made, so that a message that ends the process does not do so for ever. Gives what
    /// it needs, this attempt counted.
    Result<Attempt> begin_attempt(Id delivery);
    /// It has not been made after all: nobody was there to try with.
    Result<void> take_back_attempt(Id delivery);
    /// Every target has it. The message is forgotten with its last delivery.
    Result<void> finish(Id delivery);
    /// Given up.
    Result<void> bury(Id delivery, std::string_view stage, std::string_view cause, WallTime now);

    /// The latest first.
    Result<std::vector<DeadLetter>> dead_letters(std::size_t most);
    Result<DeadLetter> dead_letter(Id delivery);
    /// It is to be delivered again, as if it had just been routed.
    Result<Delivery> revive(Id delivery);
    Result<void> drop(Id delivery);

    Usage usage() const;
    /// Nine tenths of what it may hold are used, or the disk has failed: sources had better hold back.
    bool nearly_full() const;
    /// Writes something, and takes it back: does the disk work again?
    Result<void> probe();

private:
    SpoolFile(std::unique_ptr<sqlite::Database> database, Statements statements, Limits limits, Usage usage);

    Result<DeadLetter> dead_letter_of(const sqlite::Statement& row);
    Result<void> take_away(Id delivery);
    Result<void> forget(Id message);
    template <typename T>
    T noted(T result);
    template <typename Change>
    auto all_or_nothing(Change change) -> decltype(change());

    mutable std::mutex mutex_;
    std::unique_ptr<sqlite::Database> database_;
    Statements statements_;
    const Limits limits_;
    Usage usage_;
    bool failing_ = false;  // as of the last write
};

}  // namespace gateway::spool
