#include "adapters/mqtt/retained_reading.hpp"

#include <utility>

#include "adapters/mqtt/reason_code.hpp"
#include "adapters/mqtt/topic.hpp"

namespace gateway::mqtt {

void RetainedReading::add(std::string filter, int qos, KeptReader reader) {
    wishes_.push_back({std::move(filter), qos, std::move(reader)});
}

RetainedReading::Next RetainedReading::begin() {
    if (reads() || wishes_.empty()) return {};
    state_ = State::clearing;
    return mark();
}

RetainedReading::Mark RetainedReading::mark() {
    return {std::to_string(++marks_), wishes_.front().qos};
}

void RetainedReading::subscribing(std::uint64_t ticket, std::string filter) {
    ticket_ = ticket;
    filter_ = std::move(filter);
    state_ = State::asking;
}

RetainedReading::Next RetainedReading::on_subscribed(std::uint64_t ticket, int code) {
    if (state_ != State::asking || ticket != ticket_ || code == no_suback) return {};
    if (code >= first_refusal) {
        end(Error{Errc::refused, "the broker refuses the subscription: " + reason_text(code)});
        return Done{};
    }
    state_ = State::collecting;
    return mark();
}

RetainedReading::Next RetainedReading::on_mark(const Arrival& mark) {
    if (mark.payload.view() != std::to_string(marks_)) return {};
    if (state_ == State::clearing) return Again{wishes_.front().filter};
    if (state_ != State::collecting) return {};
    end(std::nullopt);
    return Done{};
}

bool RetainedReading::collects(const Arrival& arrival) const {
    return (state_ == State::asking || state_ == State::collecting) && arrival.retain &&
           matches(filter_, arrival.topic);
}

void RetainedReading::on_kept(Message message) {
    wishes_.front().reader.on_kept(std::move(message));
}

void RetainedReading::end(std::optional<Error> error) {
    state_ = State::idle;
    const KeptReader reader = std::move(wishes_.front().reader);
    wishes_.pop_front();
    reader.on_end(std::move(error));
}

void RetainedReading::end_all(const Error& error) {
    while (!wishes_.empty())
        end(error);
}

}  // namespace gateway::mqtt
