#include "adapters/happn/mesh_sources.hpp"

#include <utility>

#include "adapters/happn/paths.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/json.hpp"
#include "gateway/log.hpp"
#include "gateway/loop_mark.hpp"

namespace happn {

using gateway::HappnSource;
using gateway::RoutingTable;

gateway::Message message_of(const Publication& publication, const std::string& mesh) {
    gateway::Message message;
    message.connection = mesh;
    message.address = publication.path;
    message.action = publication.removed ? gateway::Action::remove : gateway::Action::set;
    message.payload = unwrapped(publication.data);
    message.principal = gateway::Principal::service();
    gateway::HappnProperties properties;
    properties.meta = publication.meta;
    properties.initial = publication.initial;
    message.properties = std::move(properties);
    message.receipt = publication.receipt;
    if (const auto mark = gateway::json::member(publication.meta, gateway::loop_mark_name)) {
        message.origin = gateway::read_loop_mark(text_of(*mark));
    }
    return message;
}

MeshSources::MeshSources(std::string mesh,
                         ClientSession& session,
                         gateway::Dispatcher& dispatcher,
                         gateway::Metrics& metrics)
    : mesh_{std::move(mesh)}, session_{session}, dispatcher_{dispatcher}, metrics_{metrics} {}

MeshSources::Wanted MeshSources::wanted_by(const RoutingTable& table) const {
    Wanted wanted;
    for (const auto& route : table.routes()) {
        const auto* const source = std::get_if<HappnSource>(&route.source);
        if (source != nullptr && source->mesh == mesh_) {
            auto& initial = wanted[make_channel(channel_word(source->sets, source->removes),
                                                source->path.subscription())];
            initial = initial || source->initial;
        }
    }
    return wanted;
}

void MeshSources::apply(const RoutingTable& table) {
    const auto wanted = wanted_by(table);
    const auto before = channels_;
    std::erase_if(channels_, [&wanted](const auto& channel) {
        const auto still = wanted.find(channel.first);
        return still == wanted.end() || still->second != channel.second.initial;
    });
    if (channels_.size() != before.size() || channels_.size() != wanted.size()) {
        arrivals_.forget();
    }
    const auto kept = channels_;
    for (const auto& [channel, initial] : wanted) {
        if (!channels_.contains(channel)) {
            channels_[channel] = {initial, listen(channel, initial)};
        }
    }
    for (const auto& [channel, listening] : before) {  // last: no channel that is wanted still may be left
        if (!kept.contains(channel)) {
            session_.listeners().leave(listening.id);
        }
    }
}

ChannelListeners::Id MeshSources::listen(const std::string& channel, bool initial) {
    ChannelListeners::Listener listener;
    listener.initial = initial;
    listener.on_publication = [this](const Publication& publication) { on_publication(publication); };
    listener.on_answer = [mesh = mesh_, channel](const std::optional<gateway::Error>& error) {
        if (error) {
            gateway::log::warn("mesh {}: subscription {} was not made and is tried again: {}",
                               mesh,
                               channel,
                               error->message);
        }
    };
    return session_.listeners().listen(channel, std::move(listener));
}

std::string MeshSources::missing() const {
    std::string missing;
    for (const auto& [channel, listening] : channels_) {
        if (!session_.session().subscribed(channel)) {
            missing.append(missing.empty() ? "" : ", ").append(channel);
            if (const auto why = session_.session().trouble_of(channel); !why.empty()) {
                missing.append(" (").append(why).append(")");
            }
        }
    }
    return missing;
}

bool MeshSources::came_before(const Publication& publication) {
    return channels_.size() > 1 && arrivals_.came_before(publication, session_.session().facts().id);
}

void MeshSources::on_publication(const Publication& publication) {
    if (came_before(publication)) {
        metrics_.count("happn_publications_by_second_channel");
        return;
    }
    dispatcher_.receive(message_of(publication, mesh_));
}

}  // namespace happn
