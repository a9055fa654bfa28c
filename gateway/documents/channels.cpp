#include "gateway/documents/channels.hpp"

#include <algorithm>

namespace gateway::documents {
namespace {

Json reference(const std::string& target) {
    return {{"$ref", target}};
}

}  // namespace

std::string server_name(Connection::Kind kind, const std::string& connection) {
    return (kind == Connection::Kind::broker ? "broker-" : "mesh-") + connection;
}

Json MessagePlace::channel_reference() const {
    return reference("#/channels/" + channel);
}

Json MessagePlace::message_reference() const {
    return reference("#/channels/" + channel + "/messages/" + message);
}

MessagePlace Channels::add(Connection::Kind kind,
                           const std::string& connection,
                           const ChannelAddress& address,
                           const char* what,
                           const std::string& message_name,
                           Json message) {
    const auto [entry, is_new] = ids_.try_emplace({server_name(kind, connection), address.text});
    if (is_new) {
        entry->second = names_.take(connection + '_' + address.text);
        channels_[entry->second] = new_channel(kind, connection, address, what);
    }
    return place(entry->second, message_name, std::move(message));
}

MessagePlace Channels::add_unaddressed(const std::string& name, const char* description, Json message) {
    const std::string id = names_.take(name);
    channels_[id] = {{"address", nullptr}, {"description", description}, {"messages", Json::object()}};
    return place(id, name, std::move(message));
}

MessagePlace Channels::place(const std::string& channel, const std::string& message_name, Json message) {
    const std::string id = messages_[channel].take(message_name);
    channels_[channel]["messages"][id] = std::move(message);
    return {channel, id};
}

Json Channels::new_channel(Connection::Kind kind,
                           const std::string& connection,
                           const ChannelAddress& address,
                           const char* what) const {
    Json channel{{"address", address.text}};
    const auto known = std::ranges::find_if(
        connections_, [&](const Connection& one) { return one.kind == kind && one.name == connection; });
    if (known != connections_.end()) {
        channel["servers"] = Json::array({reference("#/servers/" + server_name(kind, connection))});
    } else {
        channel["description"] = std::string{what} +
                                 (kind == Connection::Kind::broker ? " of the broker `" : " of the mesh `") +
                                 connection + "`.";
    }
    channel["messages"] = Json::object();
    if (!address.parameters.empty()) channel["parameters"] = address.parameters;
    return channel;
}

}  // namespace gateway::documents
