#include "adapters/happn/channel_listeners.hpp"

#include <utility>

namespace happn {

ChannelListeners::Id ChannelListeners::listen(const std::string& channel, Listener listener) {
    const auto id = ++last_id_;
    const bool initial = listener.initial;
    auto& entry = channels_[channel];
    const bool fresh = entry == nullptr;
    if (fresh) {
        entry = std::make_shared<Channel>();
    }
    const auto shared = std::make_shared<Listener>(std::move(listener));
    entry->listeners.emplace(id, shared);
    channel_of_.emplace(id, channel);
    if (fresh || initial || entry->state == State::refused) {
        subscribe(channel, *entry, initial);
    } else if (entry->state == State::made) {
        if (const auto answer = std::exchange(shared->on_answer, {})) {
            answer(std::nullopt);
        }
    }
    return id;
}

/// Asked anew, it brings what is stored.
void ChannelListeners::subscribe(const std::string& name, Channel& channel, bool initial) {
    session_.unsubscribe(name);
    channel.state = State::asked;
    channel.round = ++last_round_;
    SessionFsm::Subscribe wanted;
    wanted.channel = name;
    wanted.initial = initial;
    wanted.on_refused = [this, name, round = channel.round](const gateway::Error& error) {
        on_refused(name, round, error);
    };
    session_.subscribe(
        std::move(wanted),
        [this, name](const Publication& publication) { publish(name, publication); },
        [this, name, round = channel.round](const SessionFsm::Answer& answer) {
            on_answer(name, round, answer ? Answer{} : Answer{answer.error()});
        });
}

template <typename Visit>
void ChannelListeners::for_each(const std::string& name, std::uint64_t round, const Visit& visit) const {
    const auto found = channels_.find(name);
    if (found == channels_.end() || (round != 0 && found->second->round != round)) {
        return;
    }
    const auto channel = found->second;  // it may go while its listeners are told
    for (auto at = channel->listeners.begin(); at != channel->listeners.end();) {
        const auto id = at->first;
        const auto listener = at->second;
        visit(*listener);
        at = channel->listeners.upper_bound(id);
    }
}

void ChannelListeners::on_answer(const std::string& name, std::uint64_t round, const Answer& answer) {
    if (const auto found = channels_.find(name); found != channels_.end() && found->second->round == round) {
        found->second->state = answer ? State::refused : State::made;
    }
    for_each(name, round, [&answer](Listener& listener) {
        if (const auto tell = std::exchange(listener.on_answer, {})) {
            tell(answer);
        }
    });
}

void ChannelListeners::on_refused(const std::string& name, std::uint64_t round, const gateway::Error& error) {
    if (const auto found = channels_.find(name); found != channels_.end() && found->second->round == round) {
        found->second->state = State::refused;
    }
    for_each(name, round, [&error](Listener& listener) {
        if (const auto tell = listener.on_refused) {
            tell(error);
        }
    });
}

void ChannelListeners::publish(const std::string& name, const Publication& publication) const {
    for_each(name, 0, [&publication](const Listener& listener) {
        if (listener.initial || !publication.initial) {
            listener.on_publication(publication);
        }
    });
}

void ChannelListeners::leave(Id id) {
    const auto name = channel_of_.extract(id);
    if (name.empty()) {
        return;
    }
    const auto found = channels_.find(name.mapped());
    found->second->listeners.erase(id);
    if (found->second->listeners.empty()) {
        channels_.erase(found);
        session_.unsubscribe(name.mapped());
    }
}

}  // namespace happn
