#include "adapters/mqtt/ingress.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace gateway::mqtt {
namespace {

/// A part of `bounds`, in quarters.
bool beyond(const Inbox<Event>::Load& load, const Inbox<Event>::Bounds& bounds, std::size_t quarters) {
    return load.messages > bounds.messages / 4 * quarters || load.bytes > bounds.bytes / 4 * quarters;
}

}  // namespace

Ingress::Ingress(boost::asio::io_context& shard,
                 Handlers handlers,
                 std::size_t max_message,
                 Overload overload,
                 Inbox<Event>::Bounds bounds)
    : shard_{shard},
      handlers_{std::move(handlers)},
      max_message_{max_message},
      overload_{overload},
      inbox_{bounds} {}

void Ingress::push(Event event) {
    if (inbox_.push(std::move(event)) == Inbox<Event>::Pushed::first) wake();
}

void Ingress::on_connected(bool session_present, ServerLimits limits) {
    push(Connected{session_present, limits});
}
void Ingress::on_connect_failed(std::string why, ConnectFailure kind) {
    push(ConnectFailed{std::move(why), kind});
}
void Ingress::on_disconnected() {
    push(Disconnected{});
}
void Ingress::on_lost(std::string why, bool by_server) {
    push(Lost{std::move(why), by_server});
}
void Ingress::on_subscribed(std::uint64_t ticket, int code) {
    push(Subscribed{ticket, code});
}
void Ingress::on_unsubscribed(std::uint64_t ticket) {
    push(Unsubscribed{ticket});
}

void Ingress::on_published(std::uint64_t ticket, Confirmation confirmation) {
    handlers_.done(ticket);
    push(Published{ticket, std::move(confirmation)});
}

bool Ingress::takes(std::size_t bytes) {
    if (bytes <= max_message_) return true;
    const auto pushed = inbox_.try_push(TooLarge{bytes}, sizeof(TooLarge));
    if (pushed == Inbox<Event>::Pushed::refused) dropped_.fetch_add(1, std::memory_order_relaxed);
    if (pushed == Inbox<Event>::Pushed::first) wake();
    return false;
}

/// What is acknowledged when this returns must not be dropped: the broker would not send it again.
void Ingress::on_arrived(Arrival arrival) {
    const std::size_t size = arrival.bytes();
    const bool may_drop = arrival.qos == 0 || overload_ == Overload::drop;
    auto pushed = Inbox<Event>::Pushed::refused;
    if (may_drop) {
        pushed = inbox_.try_push(std::move(arrival), size);
        if (pushed == Inbox<Event>::Pushed::refused) dropped_.fetch_add(1, std::memory_order_relaxed);
    } else {
        if (handlers_.keep) arrival.kept = handlers_.keep(arrival);
        pushed = inbox_.push(std::move(arrival), size);
        if (overloaded(3) && !paused_.exchange(true, std::memory_order_relaxed)) handlers_.pause();
    }
    if (pushed == Inbox<Event>::Pushed::first) wake();
}

void Ingress::wake() {
    // `alive_` is never reassigned, so reading it here is safe; the check and drain() are on the shard's
    // thread.
    boost::asio::post(shard_, [this, alive = std::weak_ptr<int>{alive_}] {
        if (!alive.expired()) drain();
    });
}

void Ingress::drain() {
    const std::weak_ptr<int> alive{alive_};
    batch_.clear();
    const bool more = inbox_.take(batch_, batch);
    if (more) wake();
    for (Event& event : batch_) {
        handlers_.handle(std::move(event));
        if (alive.expired()) return;
    }
    watch_load();
}

bool Ingress::overloaded(std::size_t quarters) const {
    return beyond(inbox_.load(), inbox_.bounds(), quarters) || (handlers_.full && handlers_.full());
}

void Ingress::watch_load() {
    if (!paused() || overloaded(1)) return;
    paused_.store(false, std::memory_order_relaxed);
    handlers_.drained();
}

}  // namespace gateway::mqtt
