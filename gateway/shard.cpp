#include "gateway/shard.hpp"

#include <utility>

namespace gateway {

Shard::Shard(DispatcherOptions options, SinkDirectory& sinks)
    : dispatcher_{std::move(options), sinks, metrics_}, last_beat_{Clock::now().time_since_epoch().count()} {
    dispatcher_.on_earlier_deadline([this](TimePoint when) { schedule_expiry(when); });
}

void Shard::run() {
    schedule_beat();
    context_.run();
}

void Shard::stop() {
    context_.stop();
}

bool Shard::alive() const {
    const TimePoint last{Duration{last_beat_.load(std::memory_order_relaxed)}};
    return Clock::now() - last < longest_silence;
}

void Shard::schedule_beat() {
    last_beat_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    beat_timer_.expires_after(beat);
    beat_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (look_) look_();
        schedule_beat();
    });
}

void Shard::schedule_expiry(TimePoint when) {
    expiry_timer_.expires_at(when);
    expiry_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) expire();
    });
}

void Shard::expire() {
    dispatcher_.expire(Clock::now());
    if (const auto next = dispatcher_.next_deadline()) schedule_expiry(*next);
}

}  // namespace gateway
