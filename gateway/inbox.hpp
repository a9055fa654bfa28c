// The bounded hand-over from foreign threads to a shard: many producers, one consumer, bounded in messages
// and in bytes. The producer that fills an empty inbox is told to wake the shard; the others are not, so that
// a burst costs one wake-up. Thread-safe; the lock is held for a move of one item, or of one batch, and never
// while anything else is called.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace gateway {

template <typename T>
class Inbox {
public:
    struct Bounds {
        std::size_t messages = 0;
        std::size_t bytes = 0;
    };

    enum class Pushed {
        refused,  // full; the item is gone
        queued,   // the consumer is already on its way
        first,    // it was empty: wake the consumer
    };

    struct Load {
        std::size_t messages = 0;
        std::size_t bytes = 0;
    };

    explicit Inbox(Bounds bounds) : bounds_{bounds} {}

    /// An item too big for the bounds still passes when it is alone, or nothing would ever be done about it.
    Pushed try_push(T item, std::size_t bytes) {
        const std::lock_guard lock{mutex_};
        const bool full = items_.size() >= bounds_.messages || bytes_ + bytes > bounds_.bytes;
        if (full && !items_.empty()) return Pushed::refused;
        return append(std::move(item), bytes);
    }

    /// For what is bounded by its origin (an outcome for each of a bounded number of requests) and must not
    /// be lost.
    Pushed push(T item, std::size_t bytes = 0) {
        const std::lock_guard lock{mutex_};
        return append(std::move(item), bytes);
    }

    /// Moves up to `most` items to the end of `into`. True if some are left: then the consumer has to come
    /// back by itself, as no producer will wake it.
    bool take(std::vector<T>& into, std::size_t most) {
        const std::lock_guard lock{mutex_};
        for (std::size_t i = 0; i < most && !items_.empty(); ++i) {
            bytes_ -= items_.front().second;
            into.push_back(std::move(items_.front().first));
            items_.pop_front();
        }
        return !items_.empty();
    }

    Load load() const {
        const std::lock_guard lock{mutex_};
        return {items_.size(), bytes_};
    }

    const Bounds& bounds() const { return bounds_; }

private:
    Pushed append(T item, std::size_t bytes) {
        const bool first = items_.empty();
        items_.emplace_back(std::move(item), bytes);
        bytes_ += bytes;
        return first ? Pushed::first : Pushed::queued;
    }

    const Bounds bounds_;
    mutable std::mutex mutex_;
    std::deque<std::pair<T, std::size_t>> items_;
    std::size_t bytes_ = 0;
};

}  // namespace gateway
