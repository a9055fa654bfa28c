// One thread's worth of gateway: an event loop, the dispatcher and the counters that live on it. Everything
// mutable that an adapter or the core has belongs to one shard and is touched on its thread only; other
// threads come in by ask().
//
// The shard beats: every `beat` it runs `on_beat`, which is where slow, periodic looks belong (has readiness
// changed, are we drained). A beat that does not come is a shard that hangs: alive() says so.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>

#include "gateway/dispatcher.hpp"
#include "gateway/metrics.hpp"

namespace gateway {

class Shard {
public:
    static constexpr Duration beat = std::chrono::milliseconds{100};
    static constexpr Duration longest_silence = std::chrono::seconds{5};  // then it counts as hung

    Shard(DispatcherOptions options, SinkDirectory& sinks);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    boost::asio::io_context& context() { return context_; }
    Dispatcher& dispatcher() { return dispatcher_; }
    Metrics& metrics() { return metrics_; }

    void on_beat(std::function<void()> look) { look_ = std::move(look); }

    /// Runs on the calling thread until stop(). Once.
    void run();
    /// From any thread.
    void stop();

    /// From any thread: has it beaten lately?
    bool alive() const;

    /// From another thread: runs `question` on the shard and waits for its value; nullopt if it has none by
    /// `patience`.
    template <typename Question>
    auto ask(Question question, Duration patience) -> std::optional<decltype(question())> {
        using Answer = decltype(question());
        auto task = std::make_shared<std::packaged_task<Answer()>>(std::move(question));
        auto answer = task->get_future();
        boost::asio::post(context_, [task] { (*task)(); });
        if (answer.wait_for(patience) != std::future_status::ready) return std::nullopt;
        return answer.get();
    }

private:
    void schedule_beat();
    void schedule_expiry(TimePoint when);
    void expire();

    boost::asio::io_context context_{1};
    Metrics metrics_;
    Dispatcher dispatcher_;
    boost::asio::steady_timer beat_timer_{context_};
    boost::asio::steady_timer expiry_timer_{context_};
    std::function<void()> look_;
    std::atomic<Clock::rep> last_beat_;
};

}  // namespace gateway
