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

namespace {

ChannelWord channel_word(const HappnSource& source) {
    if (source.sets && source.removes) {
        return ChannelWord::all;
    }
    return source.removes ? ChannelWord::remove : ChannelWord::set;
}

}  // namespace

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
    if (const auto mark = gateway::json::member(publication.meta, gateway::loop_mark_name)) {
        message.origin = gateway::read_loop_mark(text_of(*mark));
    }
    return message;
}

MeshSources::MeshSources(std::string mesh,
                         SessionFsm& session,
                         gateway::Dispatcher& dispatcher,
                         gateway::Metrics& metrics)
    : mesh_{std::move(mesh)}, session_{session}, dispatcher_{dispatcher}, metrics_{metrics} {}

MeshSources::Channels MeshSources::wanted_by(const RoutingTable& table) const {
    Channels wanted;
    for (const auto& route : table.routes()) {
        const auto* const source = std::get_if<HappnSource>(&route.source);
        if (source != nullptr && source->mesh == mesh_) {
            auto& channel = wanted[make_channel(channel_word(*source), source->path.subscription())];
            channel.initial = channel.initial || source->initial;
        }
    }
    return wanted;
}

void MeshSources::apply(const RoutingTable& table) {
    auto wanted = wanted_by(table);
    for (const auto& [channel, how] : channels_) {
        const auto still = wanted.find(channel);
        if ((still == wanted.end() || still->second != how) && !shared_.contains(channel)) {
            session_.unsubscribe(channel);
        }
    }
    const auto before = std::exchange(channels_, std::move(wanted));
    if (channels_ != before) {
        arrivals_.forget();
    }
    for (const auto& [channel, how] : channels_) {
        const auto already = before.find(channel);
        if ((already != before.end() && already->second == how) || shared_.contains(channel)) {
            continue;
        }
        SessionFsm::Subscribe subscription;
        subscription.channel = channel;
        subscription.initial = how.initial;
        session_.subscribe(
            std::move(subscription),
            [this](const Publication& publication) { on_publication(publication); },
            [mesh = mesh_, name = channel](const SessionFsm::Answer& answer) {
                if (!answer) {
                    gateway::log::warn(
                        "mesh {}: subscription {} refused: {}", mesh, name, answer.error().message);
                }
            });
    }
}

std::string MeshSources::missing() const {
    std::string missing;
    for (const auto& [channel, how] : channels_) {
        if (!session_.subscribed(channel)) {
            missing.append(missing.empty() ? "" : ", ").append(channel);
        }
    }
    return missing;
}

bool MeshSources::came_before(const Publication& publication) {
    return channels_.size() > 1 && arrivals_.came_before(publication, session_.facts().id);
}

void MeshSources::on_publication(const Publication& publication) {
    if (came_before(publication)) {
        metrics_.count("happn_publications_by_second_channel");
        return;
    }
    dispatcher_.receive(message_of(publication, mesh_));
}

}  // namespace happn
