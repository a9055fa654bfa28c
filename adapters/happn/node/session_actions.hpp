// The requests that set a session up and end it: configure-session, describe, login, request-nonce,
// disconnect, revoke-*, ack. The node is insecure: every login succeeds, and everything works before it.
#pragma once

#include <string>
#include <string_view>

#include "adapters/happn/node/publisher.hpp"
#include "adapters/happn/node/responses.hpp"
#include "adapters/happn/node/state.hpp"

namespace happn::node {

class SessionActions {
public:
    SessionActions(State& state, Publisher& publisher) : state_{state}, publisher_{publisher} {}

    void configure(Session& session, const Frame& request);
    void describe(Session& session, const Frame& request);
    void login(Session& session, const Frame& request);
    void request_nonce(Session& session, const Frame& request);
    void disconnect(Session& session, const Frame& request);
    void revoke_session(Session& session, const Frame& request);
    void revoke_token(Session& session, const Frame& request);
    void ack(Session& session, const Frame& request);

private:
    void write_description(ObjectWriter& writer, const Session& session) const;
    std::string login_data(const Session& session) const;
    void answer_null(Session& session, const Frame& request);

    State& state_;
    Publisher& publisher_;
};

}  // namespace happn::node
