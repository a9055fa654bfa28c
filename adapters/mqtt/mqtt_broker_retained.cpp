// What a broker keeps, read for the comparison of a two-way route.
#include <fmt/format.h>

#include <utility>

#include "adapters/mqtt/mqtt_broker.hpp"
#include "adapters/mqtt/translate.hpp"
#include "gateway/log.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::chrono::seconds reading_patience{30};  // for all that is kept under one filter

}  // namespace

void Broker::bring_kept(const Route& route, KeptReader reader) {
    if (phase_ != Phase::connected) return reader.on_end(unavailable());
    const auto& source = std::get<MqttSource>(route.source);
    reading_.add(source.topic.subscription(), source.qos, std::move(reader));
    read_on(reading_.begin());
}

void Broker::read_on(RetainedReading::Next next) {
    if (auto* mark = std::get_if<RetainedReading::Mark>(&next)) return send_mark(std::move(*mark));
    if (const auto* again = std::get_if<RetainedReading::Again>(&next)) return subscribe_again(again->filter);
    if (!std::holds_alternative<RetainedReading::Done>(next)) return;
    reading_timer_.cancel();
    read_on(reading_.begin());
}

void Broker::send_mark(RetainedReading::Mark mark) {
    watch_reading();
    Publication publication;
    publication.topic = reading_.topic();
    publication.payload = Bytes{std::move(mark.payload)};
    publication.qos = mark.qos;
    const Pending pending{0, Pending::Kind::mark};
    if (!publish(std::move(publication), &pending)) end_reading("the mark could not be published");
}

void Broker::subscribe_again(const std::string& filter) {
    auto request = subscriptions_.again(filter);
    if (!request) return end_reading("not subscribed to " + filter);
    if (!limits_.subscription_ids) request->id = 0;
    reading_.subscribing(request->ticket, request->filter);
    egress_.control(*std::move(request));
}

/// Does this message have to do with the reading alone?
bool Broker::read(Arrival& arrival) {
    const bool is_mark = reading_.is_mark(arrival);
    if (!is_mark && !reading_.collects(arrival)) return false;
    keeper_.forget(arrival.kept);
    if (is_mark) {
        read_on(reading_.on_mark(arrival));
    } else {
        reading_.on_kept(to_message(std::move(arrival), settings_.name));
    }
    return true;
}

void Broker::watch_reading() {
    reading_timer_.expires_after(reading_patience);
    reading_timer_.async_wait(
        [this, alive = std::weak_ptr<int>{alive_}](const boost::system::error_code& error) {
            if (!error && !alive.expired() && reading_.reads())
                end_reading("the mark on " + reading_.topic() +
                            " does not come back: may it be published there?");
        });
}

void Broker::end_reading(const std::string& why) {
    if (!reading_.reads()) return;
    reading_.end(Error{Errc::unavailable, fmt::format("broker {}: {}", settings_.name, why)});
    read_on(RetainedReading::Done{});
}

}  // namespace gateway::mqtt
