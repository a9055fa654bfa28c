#include "adapters/mqtt/egress.hpp"

#include <utility>

namespace gateway::mqtt {
namespace {

constexpr std::size_t batch = 64;  // publications between two looks at the requests about the connection

// The lowest bit of a ticket says which window it holds a place in.
int qos_of(std::uint64_t ticket) {
    return static_cast<int>(ticket & 1U);
}

}  // namespace

bool Egress::is_acknowledged(std::uint64_t ticket) {
    return qos_of(ticket) > 0;
}

void Egress::start(Wire& wire) {
    wire_ = &wire;
    thread_ = std::thread{[this] { work(); }};
}

Egress::~Egress() {
    finish(Clock::now());
    join();
}

std::uint64_t Egress::ticket(int qos) {
    const std::uint64_t number = last_ticket_.fetch_add(1, std::memory_order_relaxed) + 1;
    return (number << 1U) | (qos > 0 ? 1U : 0U);
}

void Egress::wake(std::unique_lock<std::mutex>& lock) {
    const bool sleeping = std::exchange(sleeping_, false);
    lock.unlock();
    if (sleeping) changed_.notify_one();
}

void Egress::control(Control control) {
    std::unique_lock lock{mutex_};
    controls_.push_back(std::move(control));
    wake(lock);
}

bool Egress::try_publish(Publication publication) {
    const std::size_t size = publication.bytes();
    std::unique_lock lock{mutex_};
    if ((!open_ && !held_) || finish_by_ || queue_.size() >= bounds_.messages ||
        queued_bytes_ + size > bounds_.bytes)
        return false;
    queued_bytes_ += size;
    queue_.push_back(std::move(publication));
    if (something_to_do()) wake(lock);
    return true;
}

void Egress::open(std::size_t receive_maximum) {
    std::unique_lock lock{mutex_};
    open_ = true;
    held_ = false;
    first_ticket_ = first_queued();
    window_.open(receive_maximum, unacknowledged_.size());
    wake(lock);
}

void Egress::forget_sent() {
    const std::lock_guard lock{mutex_};
    unacknowledged_.clear();
}

std::uint64_t Egress::first_queued() {
    return queue_.empty() ? ticket(0) : queue_.front().ticket;
}

void Egress::pause() {
    std::unique_lock lock{mutex_};
    held_ = held_ || open_;
    open_ = false;
    controls_.emplace_back(DisconnectRequest{});
    wake(lock);
}

std::uint64_t Egress::first_held() {
    const std::lock_guard lock{mutex_};
    return first_queued();
}

std::uint64_t Egress::close() {
    const std::lock_guard lock{mutex_};
    const std::uint64_t first_unsent = first_queued();
    open_ = held_ = false;
    queue_.clear();
    queued_bytes_ = 0;
    window_.open(0);
    return first_unsent;
}

void Egress::done(std::uint64_t ticket) {
    std::unique_lock lock{mutex_};
    const bool counts = is_acknowledged(ticket) ? unacknowledged_.erase(ticket) > 0 : ticket >= first_ticket_;
    if (!counts) return;
    window_.leave(qos_of(ticket));
    if (something_to_do()) wake(lock);
}

void Egress::finish(TimePoint deadline) {
    std::unique_lock lock{mutex_};
    if (!finish_by_ || deadline < *finish_by_) finish_by_ = deadline;
    wake(lock);
}

void Egress::join() {
    if (thread_.joinable()) thread_.join();
}

bool Egress::something_to_do() const {
    if (!controls_.empty()) return true;
    if (open_ && !queue_.empty() && window_.admits(queue_.front().qos)) return true;
    return finish_by_ && (!open_ || (queue_.empty() && window_.empty()));
}

std::vector<Egress::Control> Egress::take_controls() {
    std::vector<Control> taken{std::make_move_iterator(controls_.begin()),
                               std::make_move_iterator(controls_.end())};
    controls_.clear();
    return taken;
}

std::vector<Publication> Egress::take_publications() {
    std::vector<Publication> taken;
    while (open_ && taken.size() < batch && !queue_.empty() && window_.admits(queue_.front().qos)) {
        window_.enter(queue_.front().qos);
        if (queue_.front().qos > 0) unacknowledged_.insert(queue_.front().ticket);
        queued_bytes_ -= queue_.front().bytes();
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return taken;
}

void Egress::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        while (!something_to_do() && (!finish_by_ || Clock::now() < *finish_by_)) {
            sleeping_ = true;
            if (finish_by_) {
                changed_.wait_until(lock, *finish_by_);
            } else {
                changed_.wait(lock);
            }
        }
        sleeping_ = false;
        const auto controls = take_controls();
        const auto publications = controls.empty() ? take_publications() : std::vector<Publication>{};
        if (controls.empty() && publications.empty()) break;  // finishing
        lock.unlock();
        for (const Control& control : controls)
            perform(control);
        const TimePoint now = Clock::now();
        for (const Publication& publication : publications)
            send(publication, now);
        lock.lock();
    }
    lock.unlock();
    wire_->disconnect();
}

void Egress::perform(const Control& control) {
    if (const auto* connect = std::get_if<ConnectRequest>(&control)) wire_->connect(*connect);
    if (std::holds_alternative<DisconnectRequest>(control)) wire_->disconnect();
    if (const auto* subscribe = std::get_if<SubscribeRequest>(&control)) wire_->subscribe(*subscribe);
    if (const auto* unsubscribe = std::get_if<UnsubscribeRequest>(&control)) wire_->unsubscribe(*unsubscribe);
}

void Egress::send(const Publication& publication, TimePoint now) {
    if (publication.deadline <= now) {
        done(publication.ticket);
        events_.on_published(publication.ticket, {.failure = "too late to be sent"});
        return;
    }
    wire_->publish(publication);
}

}  // namespace gateway::mqtt
