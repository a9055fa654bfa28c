// Addresses of routes as AsyncAPI channel addresses (3.0.0, "Channel Address Expressions"): every part that
// varies is a named parameter. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/documents/schemas.hpp"
#include "gateway/expression/address_pattern.hpp"

namespace gateway::documents {

struct ChannelAddress {
    std::string text;                  // "devices/{device}/telemetry"
    Json parameters = Json::object();  // name -> Parameter Object
};

/// Of a source. The transport's own wildcards become {level1}, {level2} ..., and {rest}.
ChannelAddress channel_address(const AddressPattern& pattern);

/// Of a target, as it is spelled: "devices/{device}/{payload.kind|slug}" ->
/// "devices/{device}/{payload_kind}".
ChannelAddress channel_address(std::string_view target);

/// Of a filter, as it is spelled, with wildcards as of a source.
ChannelAddress channel_address_of_filter(std::string_view filter);

}  // namespace gateway::documents
