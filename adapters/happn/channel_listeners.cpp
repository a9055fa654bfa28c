#include "adapters/happn/channel_listeners.hpp"

#include <utility>

#include "adapters/happn/paths.hpp"
#include "gateway/log.hpp"

namespace happn {

ChannelListeners::Id ChannelListeners::listen(const std::string& channel, Listener listener) {
    const auto id = ++last_id_;
    auto& place = channels_[channel];
    const bool fresh = place == nullptr;
    if (fresh) {
        place = std::make_shared<Channel>();
    }
    const auto entry = place;
    const auto member = std::make_shared<Member>(Member{std::move(listener), {}});
    entry->members.emplace(id, member);
    channel_of_.emplace(id, channel);
    if (fresh || entry->state == State::refused) {
        subscribe(channel, *entry, member->listener);
    } else {
        join(channel, *entry, id, *member);
    }
    return id;
}

void ChannelListeners::subscribe(const std::string& name, Channel& channel, const Listener& first) {
    session_.unsubscribe(name);  // one that was refused is still kept
    channel.state = State::asked;
    channel.initial = first.initial;
    channel.round = ++last_round_;
    SessionFsm::Subscribe wanted;
    wanted.channel = name;
    wanted.initial = first.initial;
    wanted.yields = first.yields;
    wanted.on_refused = [this, name, round = channel.round](const gateway::Error& error) {
        on_refused(name, round, error);
    };
    wanted.on_made = [this, name, round = channel.round] { on_made(name, round); };
    session_.subscribe(
        std::move(wanted),
        [this, name](const Publication& publication) { publish(name, publication); },
        [this, name, round = channel.round](const SessionFsm::Answer& answer) {
            on_answer(name, round, answer ? Answer{} : Answer{answer.error()});
        });
}

/// Subscribing anew would bring what is stored, but a gap for the others.
void ChannelListeners::join(const std::string& name, const Channel& channel, Id id, Member& member) {
    const bool comes_anyway = channel.state == State::asked && channel.initial;
    if (member.listener.initial && !comes_anyway && session_.want_initial(name)) {
        member.stored_first.emplace();
    }
    if (channel.state == State::made) {
        welcome(name, id, member, {});
    }
}

void ChannelListeners::welcome(const std::string& name, Id id, Member& member, const Answer& answer) {
    if (const auto tell = std::exchange(member.listener.on_answer, {})) {
        tell(answer);
    }
    if (answer) {
        member.stored_first.reset();
    } else if (member.stored_first && channel_of_.contains(id)) {
        fetch_stored(name, id);
    }
}

void ChannelListeners::fetch_stored(const std::string& name, Id id) {
    const auto parsed = parse_channel(name);
    SessionFsm::Ask get;
    get.action = "get";
    get.path = parsed ? parsed->path : std::string_view{};
    get.data = "null";
    get.options = "{}";
    session_.ask(get, session_.usual_deadline(), [this, name, id](const SessionFsm::Answer& answer) {
        on_stored(name, id, answer);
    });
}

void ChannelListeners::on_stored(const std::string& name, Id id, const SessionFsm::Answer& answer) {
    if (!channel_of_.contains(id)) {
        return;
    }
    const auto member = channels_.find(name)->second->members.at(id);
    if (!member->stored_first) {
        return;
    }
    if (!answer) {
        gateway::log::warn("what is stored on {} could not be read: {}", name, answer.error().message);
        return release(name, id, *member, {});
    }
    const auto parsed = parse_channel(name);
    release(name, id, *member, stored_items(**answer, std::string{parsed ? parsed->path : ""}));
}

void ChannelListeners::release(const std::string& name,
                               Id id,
                               Member& member,
                               const std::vector<StoredItem>& stored) {
    auto waiting = std::move(*member.stored_first);
    member.stored_first.reset();
    waiting.release(stored, name, [this, id, &member](const Publication& publication) {
        if (channel_of_.contains(id)) {
            member.listener.on_publication(publication);
        }
    });
}

template <typename Visit>
void ChannelListeners::for_each(const std::string& name, std::uint64_t round, const Visit& visit) const {
    const auto found = channels_.find(name);
    if (found == channels_.end() || (round != 0 && found->second->round != round)) {
        return;
    }
    const auto channel = found->second;  // it may go while its listeners are told
    for (auto at = channel->members.begin(); at != channel->members.end();) {
        const auto id = at->first;
        const auto member = at->second;
        visit(id, *member);
        at = channel->members.upper_bound(id);
    }
}

void ChannelListeners::on_answer(const std::string& name, std::uint64_t round, const Answer& answer) {
    if (const auto found = channels_.find(name); found != channels_.end() && found->second->round == round) {
        found->second->state = answer ? State::refused : State::made;
    }
    for_each(name, round, [&](Id id, Member& member) { welcome(name, id, member, answer); });
}

void ChannelListeners::on_refused(const std::string& name, std::uint64_t round, const gateway::Error& error) {
    if (const auto found = channels_.find(name); found != channels_.end() && found->second->round == round) {
        found->second->state = State::refused;
    }
    for_each(name, round, [&error](Id, const Member& member) {
        if (const auto tell = member.listener.on_refused) {
            tell(error);
        }
    });
}

/// Those that are still here have been told why it was not.
void ChannelListeners::on_made(const std::string& name, std::uint64_t round) {
    if (const auto found = channels_.find(name); found != channels_.end() && found->second->round == round) {
        found->second->state = State::made;
    }
}

void ChannelListeners::publish(const std::string& name, const Publication& publication) {
    for_each(name, 0, [&](Id id, Member& member) {
        if (publication.initial && !member.listener.initial) {
            return;
        }
        if (member.stored_first && !publication.initial) {
            if (member.stored_first->hold(publication)) {
                return;
            }
            gateway::log::warn("too much is published on {} to wait for what is stored", name);
            release(name, id, member, {});
        }
        member.listener.on_publication(publication);
    });
}

void ChannelListeners::leave(Id id) {
    const auto name = channel_of_.extract(id);
    if (name.empty()) {
        return;
    }
    const auto found = channels_.find(name.mapped());
    found->second->members.erase(id);
    if (found->second->members.empty()) {
        channels_.erase(found);
        session_.unsubscribe(name.mapped());
    }
}

}  // namespace happn
