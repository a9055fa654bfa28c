// Streams: deliveries that have many items before their outcome.
#include <algorithm>
#include <iterator>
#include <utility>

#include "gateway/answer_shaper.hpp"
#include "gateway/dispatcher_state.hpp"
#include "gateway/log.hpp"

namespace gateway {

/// The reader's hold on a stream: it may outlive the dispatcher.
class Dispatcher::Stream final : public OpenStream {
public:
    Stream(Dispatcher& dispatcher, DeliveryId id, const StreamOptions& options)
        : dispatcher_{dispatcher}, alive_{dispatcher.state_->alive}, id_{id}, options_{options} {}
    ~Stream() override {
        if (!alive_.expired()) dispatcher_.state_->leave(id_);
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void read(StreamReader& reader) override {
        if (!alive_.expired()) dispatcher_.state_->read(id_, reader);
    }
    std::optional<StreamItem> next_stored() override {
        return alive_.expired() ? std::nullopt : dispatcher_.state_->next_stored(id_);
    }
    const StreamOptions& options() const override { return options_; }

private:
    Dispatcher& dispatcher_;
    std::weak_ptr<char> alive_;
    DeliveryId id_;
    StreamOptions options_;
};

void Dispatcher::on_open(DeliveryId id) {
    state_->open(*this, id);
}

void Dispatcher::on_item(DeliveryId id, StreamItem item) {
    state_->pass(id, std::move(item));
}

void Dispatcher::on_gap(DeliveryId id) {
    if (StreamReader* reader = state_->waiting_reader(id)) reader->on_gap();
}

void Dispatcher::on_stored(DeliveryId id) {
    if (StreamReader* reader = state_->waiting_reader(id)) reader->on_stored();
}

void Dispatcher::end_streams(const Error& error) {
    state_->fail_where([](const Execution&, const TargetState& target) { return target.stream != nullptr; },
                       error);
}

/// The table has changed. Streams must not go on bringing what nobody has allowed any more, nor in a form
/// that nobody wants any more: their readers come back to the new rule.
void Dispatcher::end_outdated_streams() {
    const RoutingTable& table = *state_->router->table();
    const auto ended = [&](const auto& outdated, const char* why) {
        state_->fail_where(
            [&](const Execution& execution, const TargetState& target) {
                return target.stream && outdated(*execution.route, table.find(execution.route->name));
            },
            Error{Errc::cancelled, why});
    };
    ended([](const Route&, const Route* now) { return now == nullptr; }, "the route has been removed");
    ended([](const Route& then, const Route* now) { return now && now->definition != then.definition; },
          "the route has been changed");
}

TargetState* Dispatcher::State::stream_of(DeliveryId id) {
    const auto found = executions.find(id);
    if (!found) return nullptr;
    TargetState& target = executions.at(found->slot).targets[found->target];
    return target.stream ? &target : nullptr;
}

StreamReader* Dispatcher::State::waiting_reader(DeliveryId id) {
    const TargetState* target = stream_of(id);
    return target == nullptr ? nullptr : target->stream->reader;
}

/// The responder's call: from here on there is no response any more, but items and an end.
void Dispatcher::State::open(Dispatcher& dispatcher, DeliveryId id) {
    TargetState* target = stream_of(id);
    const auto found = executions.find(id);
    if (target == nullptr || target->stream->opened) return;
    Execution& execution = executions.at(found->slot);
    const auto& rule = std::get<StreamTarget>(execution.route->targets[found->target].rule);
    auto response = shape_opening(*execution.route, evaluation_of(execution));
    if (response.has_error()) {
        target->sink->forget(id);
        return fail(found->slot, found->target, {std::move(response).error(), "respond"});
    }
    target->stream->opened = Clock::now();
    response->stream = std::make_shared<Stream>(dispatcher, id, rule.options);
    const Responder responder = std::exchange(execution.responder, {});
    responder(*std::move(response));
}

void Dispatcher::State::read(DeliveryId id, StreamReader& reader) {
    if (TargetState* target = stream_of(id)) target->stream->reader = &reader;
}

/// The reader has gone: that is how a stream usually ends.
void Dispatcher::State::leave(DeliveryId id) {
    TargetState* target = stream_of(id);
    if (target == nullptr) return;
    target->stream->reader = nullptr;
    target->sink->forget(id);
    const auto found = executions.find(id);
    close(found->slot, *target);
}

void Dispatcher::State::pass(DeliveryId id, StreamItem item) {
    TargetState* target = stream_of(id);
    if (target == nullptr || target->stream->reader == nullptr) return;
    Execution& execution = executions.at(executions.find(id)->slot);
    if (auto out = shaped(execution, *target->stream, std::move(item)))
        target->stream->reader->on_item(*std::move(out));
}

std::optional<StreamItem> Dispatcher::State::next_stored(DeliveryId id) {
    const TargetState* target = stream_of(id);
    if (target == nullptr) return std::nullopt;
    Execution& execution = executions.at(executions.find(id)->slot);
    while (auto item = target->sink->next_stored(id)) {
        if (auto out = shaped(execution, *target->stream, *std::move(item))) return out;
    }
    return std::nullopt;
}

/// nullopt: it is not one of this stream's, or its route can make nothing of it.
std::optional<StreamItem> Dispatcher::State::shaped(Execution& execution,
                                                    const StreamState& stream,
                                                    StreamItem item) {
    auto own = stream.pattern->match(item.address);
    if (!own) return std::nullopt;
    Captures captures = execution.captures;
    std::ranges::move(*own, std::back_inserter(captures));
    Evaluation evaluation = evaluation_of(execution);
    evaluation.captures = &captures;
    evaluation.answer = &item.payload;
    auto payload = shape_item(*execution.route, evaluation);
    if (payload.has_error()) {
        metrics.count("stream_items_refused");
        log::debug("route {}: an item is left out: {}", execution.route->name, payload.error().message);
        return std::nullopt;
    }
    item.payload = *std::move(payload);
    ++execution.counters->outputs;
    return item;
}

}  // namespace gateway
