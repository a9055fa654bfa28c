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
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/spool/records.hpp"
#include "gateway/spool/tables.hpp"
#include "gateway/sqlite/database.hpp"

namespace gateway::spool {

class SpoolFile {
public:
    /// A file that is damaged is set aside, and a new one begun. Errors: those of sqlite::Database::open.
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

    // Dead letters: spool_letters.cpp.
    /// The latest first: those that died before `before`; an empty `route`: of all routes. Of each payload at
    /// most `most_bytes` are read.
    Result<std::vector<DeadLetter>> dead_letters(Grave before,
                                                 const std::string& route,
                                                 std::size_t most,
                                                 std::size_t most_bytes);
    Result<DeadLetter> dead_letter(Id delivery, std::size_t most_bytes);
    /// Where those lie that died after `after` and not after `until`, the earliest first.
    Result<std::vector<Grave>> graves(Grave after,
                                      WallTime until,
                                      const std::string& route,
                                      std::size_t most);
    /// It is to be delivered again, as if it had just been routed: with an id that follows those of all that
    /// waits.
    Result<Delivery> revive(Id delivery, const std::string& key, WallTime expires);
    Result<void> drop(Id delivery);
    /// Those of them that are still there, in one step; gives their number.
    Result<std::size_t> drop(const std::vector<Grave>& graves);

    /// Of the file, unlike that of any other: with an id, it names a delivery for ever. Digits.
    const std::string& identity() const { return identity_; }
    Usage usage() const;
    /// What open() has set aside, and why; empty: nothing.
    const std::string& set_aside() const { return database_->set_aside(); }
    /// The file turned out to be damaged while it was used: nothing new is put into it, and the next open()
    /// sets it aside. In words; empty: it is not.
    std::string damage() const;
    /// Nine tenths of what it may hold are used, or the disk has failed: sources had better hold back.
    bool nearly_full() const;
    /// Writes something, and takes it back: does the disk work again?
    Result<void> probe();

private:
    SpoolFile(std::unique_ptr<sqlite::Database> database,
              Statements statements,
              Limits limits,
              Usage usage,
              std::string identity);

    Result<Attempt> attempt(Id delivery);
    Result<void> closed(Id message);
    Result<bool> remove_dead(Id delivery);
    Result<void> forget(Id message);
    /// Notes what reading tells about the file.
    template <typename T>
    T watched(T result);
    /// And what writing does.
    template <typename T>
    T noted(T result);
    template <typename Change>
    auto all_or_nothing(Change change) -> std::invoke_result_t<Change>;

    mutable std::mutex mutex_;
    std::unique_ptr<sqlite::Database> database_;
    Statements statements_;
    const Limits limits_;
    const std::string identity_;
    Usage usage_;
    bool failing_ = false;  // as of the last write
    std::string damage_;
};

template <typename T>
T SpoolFile::watched(T result) {
    if (result.has_error() && damage_.empty() && sqlite::is_damage(result.error()))
        damage_ = result.error().message;
    return result;
}

template <typename T>
T SpoolFile::noted(T result) {
    failing_ = result.has_error() && result.error().errc == Errc::unavailable;
    return watched(std::move(result));
}

template <typename Change>
auto SpoolFile::all_or_nothing(Change change) -> std::invoke_result_t<Change> {
    const Usage before = usage_;
    if (auto begun = statements_.begin.run(); begun.has_error())
        return noted(std::invoke_result_t<Change>{begun.error()});
    auto changed = change();
    if (!changed.has_error()) {
        const auto committed = statements_.commit.run();
        if (!committed.has_error()) return noted(std::move(changed));
        changed = committed.error();
    }
    static_cast<void>(statements_.roll_back.run());  // the first error is the one to tell
    usage_ = before;
    return noted(std::move(changed));
}

}  // namespace gateway::spool
