// Between what MQTT carries and what the core works on. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/mqtt/wire.hpp"
#include "gateway/error.hpp"
#include "gateway/message.hpp"
#include "gateway/ports.hpp"
#include "gateway/response.hpp"

namespace gateway::mqtt {

inline constexpr std::string_view token_property = "happn_token";  // a user's token of the mesh
inline constexpr std::string_view error_property = "error";        // of an answer: the error's name
inline constexpr std::string_view reason_property = "reason";      // and its message

/// User properties become the principal, the loop mark and what is left; without a token the message is the
/// service user's, as the broker has already let it in.
Message to_message(Arrival arrival, std::string broker);

/// What a target sends. The loop mark says this gateway and `output.hops`.
Publication to_publication(const Output& output, Protocol protocol, std::string_view gateway_id);

/// The answer to a request: to its response topic, with its correlation data and QoS.
Publication to_answer(const MqttProperties& request,
                      Response response,
                      const Origin& origin,
                      std::string_view gateway_id);

/// Why the broker would not take this, or close the connection over it.
std::optional<Error> refusal(const Publication& publication, const ServerLimits& limits);

/// May an answer go where this request asks for it? Not to the broker's own `$` topics.
bool answerable(std::string_view response_topic);

}  // namespace gateway::mqtt
