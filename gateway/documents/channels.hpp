// The channels of an AsyncAPI document while it is made: one for each address of each connection, however
// many routes use it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/documents/asyncapi.hpp"
#include "gateway/documents/channel_address.hpp"
#include "gateway/documents/unique_names.hpp"

namespace gateway::documents {

/// A channel, and one message in it.
struct MessagePlace {
    std::string channel;  // its id
    std::string message;  // its id within the channel

    Json channel_reference() const;
    Json message_reference() const;
};

class Channels {
public:
    explicit Channels(const std::vector<Connection>& connections) : connections_{connections} {}

    /// Adds the message to the channel of that address. `what` names the address's kind for people: "Topic".
    MessagePlace add(Connection::Kind kind,
                     const std::string& connection,
                     const ChannelAddress& address,
                     const char* what,
                     const std::string& message_name,
                     Json message);
    /// A channel whose address each request names.
    MessagePlace add_unaddressed(const std::string& name, const char* description, Json message);

    Json json() && { return std::move(channels_); }

private:
    MessagePlace place(const std::string& channel, const std::string& message_name, Json message);
    Json new_channel(Connection::Kind kind,
                     const std::string& connection,
                     const ChannelAddress& address,
                     const char* what) const;

    const std::vector<Connection>& connections_;
    Json channels_ = Json::object();
    std::map<std::pair<std::string, std::string>, std::string> ids_;  // connection and address -> id
    std::map<std::string, UniqueNames> messages_;
    UniqueNames names_;
};

/// How a connection is named among the servers: brokers and meshes may have the same key.
std::string server_name(Connection::Kind kind, const std::string& connection);

}  // namespace gateway::documents
