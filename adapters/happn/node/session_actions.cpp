#include "adapters/happn/node/session_actions.hpp"

#include "gateway/identity.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace happn::node {

namespace json = gateway::json;

namespace {

constexpr std::size_t nonce_bytes = 32;
constexpr std::size_t longest_version = 32;

/// A member of the request's data, raw; empty: absent.
std::string_view data_member(const Frame& request, std::string_view key) {
    return json::member(request.data, key).value_or(std::string_view{});
}

}  // namespace

void SessionActions::answer_null(Session& session, const Frame& request) {
    state_.send(session, ok_response(session, request, "null"));
}

void SessionActions::configure(Session& session, const Frame& request) {
    session.dialect = dialect_of(text_of(data_member(request, "protocol")));
    if (const auto version = text_of(data_member(request, "version")); !version.empty()) {
        session.version = version.substr(0, longest_version);
    }
    answer_null(session, request);
}

void SessionActions::write_description(ObjectWriter& writer, const Session& session) const {
    writer.text("name", state_.settings.name).boolean("secure", false);
    if (session.dialect.old()) {
        writer.boolean("encryptPayloads", false).text("publicKey", state_.public_key);
    }
}

void SessionActions::describe(Session& session, const Frame& request) {
    std::string data;
    ObjectWriter writer{data};
    write_description(writer, session);
    writer.end();
    state_.send(session, ok_response(session, request, data));
}

void SessionActions::login(Session& session, const Frame& request) {
    if (!data_member(request, "encrypted").empty()) {
        const Refusal refusal{"Error", "Encrypted payloads are no longer supported", 0, {}};
        return state_.send(session, error_response(session, request, refusal));
    }
    const auto info = data_member(request, "info");
    if (info.size() > max_kept_json) {
        const auto longest = std::to_string(max_kept_json);
        const Refusal refusal{"Error", "the login's info is longer than " + longest + " bytes", 0, {}};
        return state_.send(session, error_response(session, request, refusal));
    }
    session.info = info;
    session.cluster_peer = json::member(info, "clusterName").has_value();
    state_.send(session, ok_response(session, request, login_data(session)));
}

std::string SessionActions::login_data(const Session& session) const {
    std::string node;
    ObjectWriter node_writer{node};
    write_description(node_writer, session);
    node_writer.end();

    std::string data;
    ObjectWriter writer{data};
    writer.text("id", session.id).text("protocol", session.dialect.announced).raw("happn", node);
    if (!session.dialect.old()) {
        std::string address;
        ObjectWriter{address}
            .text("ip", session.ip)
            .boolean("secure", false)
            .number("port", session.port)
            .end();
        writer.number("msgCount", session.messages).raw("headers", "{}").boolean("encrypted", false);
        writer.raw("address", address).text("url", session.url).text("version", session.version);
    }
    writer.optional_raw("info", session.info);
    writer.end();
    return data;
}

void SessionActions::request_nonce(Session& session, const Frame& request) {
    const auto nonce = json::quoted(gateway::base64(gateway::random_hex(nonce_bytes).substr(0, nonce_bytes)));
    const auto response = ok_response(session, request, "{\"nonce\":" + nonce + "}");
    state_.send(session, "{\"nonce\":" + nonce + "," + response.substr(1));
}

/// The client closes the socket; the node does not.
void SessionActions::disconnect(Session& session, const Frame& request) {
    if (session.dialect.answers_disconnect()) {
        answer_null(session, request);
    }
}

void SessionActions::revoke_session(Session& session, const Frame& request) {
    if (session.dialect.old()) {
        state_.send(session, error_response(session, request, {"Error", "invalid session token", 0, {}}));
    }
}

void SessionActions::revoke_token(Session& session, const Frame& request) {
    if (session.dialect.old()) {
        return answer_null(session, request);
    }
    state_.send(session,
                error_response(session, request, {"Error", "Cannot revoke-token Not Secure", 0, {}}));
}

void SessionActions::ack(Session& session, const Frame& request) {
    const bool known = publisher_.on_ack(session.number, text_of(request.data));
    if (!known && session.dialect.old()) {
        const Refusal refusal{"SystemError", "processAcknowledge failed", 500, "PublisherService"};
        return state_.send(session, error_response(session, request, refusal));
    }
    answer_null(session, request);
}

}  // namespace happn::node
