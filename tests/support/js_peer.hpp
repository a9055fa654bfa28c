// The real JavaScript happn: a mesh (tests/peers/mesh.js) and clients (tests/peers/client.js), each a Node
// process. Failed waits throw WaitFailed; what a peer answers with an error throws JsError. One thread at a
// time per object.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/support/certificates.hpp"
#include "tests/support/process.hpp"

namespace support {

/// The happn client that the happner-2 of this version brings along: "happn-3@1.12.1" for "2.13.0".
std::string happn_client_of(std::string_view generation);

/// As a part of a test's name: "happn_3_1_12_1".
std::string name_of_version(std::string_view version);

/// The error that a JavaScript client was given: message, name, code and whatever else the library put there.
struct JsError : std::runtime_error {
    explicit JsError(nlohmann::json given)
        : std::runtime_error(given.value("message", "no message")), error(std::move(given)) {}
    nlohmann::json error;
};

struct JsMeshOptions {
    std::string generation = "13.1.1";  // or "2.13.0", "5.2.1", "11.16.1"
    bool secure = false;                // users: see tests/peers/mesh.js
    std::optional<CertificateFiles> tls = std::nullopt;
    std::string endpoint = {};      // NAME=PORT of another mesh that this one joins at its start
    std::string domain = {};        // that its nodes have in common; else the node's name
    std::string session_ttl = {};   // "3 seconds": of a secure mesh, until tester's sessions expire
    bool encrypt_payloads = false;  // of a secure mesh of the oldest generations
    bool locks_accounts = true;     // as meshes do by default: for 10 minutes, after 4 wrong passwords
    std::chrono::milliseconds acknowledged_within{};  // how long publications wait for that; else a minute
    bool logout_over_http = false;  // of the newest generation: tokens are taken back at /auth/logout
    bool recorded_rights = false;   // of tester, as on the meshes that the REST captures come from
};

/// A happner-2 mesh "TestNode" with the components componentName and testTools (tests/peers/components.js).
class JsMesh {
public:
    explicit JsMesh(const JsMeshOptions& options = {});

    std::uint16_t port() const { return port_; }
    /// By name where it speaks TLS: certificates are made for localhost.
    std::string url() const {
        return (options_.tls ? "wss://localhost:" : "ws://127.0.0.1:") + std::to_string(port_);
    }

    enum class Clients { come_back, stay_away };
    void stop(Clients then = Clients::come_back);  // as an operator does: clients are told
    void kill();                                   // as a crash does
    void start();  // again and empty, on the same port; returns when clients can connect

    void freeze();  // it is there and says nothing, until thaw()
    void thaw();

    /// Of a secure mesh: this user may from now on do what testers may.
    void give_rights(const std::string& username);
    /// Of a secure mesh: what this user's sessions are based on is no longer accepted. How many there were.
    int revoke(const std::string& username);
    /// Of a secure mesh: how many sessions this user has on it.
    int sessions_of(const std::string& username);
    /// A component with one method, hello(), that the running mesh begins to offer, or ceases to.
    void add_component(const std::string& name);
    void remove_component(const std::string& name);

private:
    std::string tell(const std::string& command, const std::string& answer);
    int ask_number(const std::string& command, const std::string& answer);
    JsMeshOptions options_;
    std::uint16_t port_;
    std::optional<Process> process_;
};

/// TLS in front of a mesh, which lets in only who shows a certificate of this authority.
class TlsFront {
public:
    TlsFront(const CertificateFiles& own, const std::string& ca, const JsMesh& mesh);
    std::string url() const { return "wss://localhost:" + port_; }

private:
    Process process_;
    std::string port_;
};

struct JsCredentials {
    std::string username = {};  // empty: none
    std::string password = {};
    std::string token = {};  // instead of a password
};

/// One client of a mesh, or of the gateway's node.
class JsClient {
public:
    /// happn-3@ 1.12.1 3.1.1 12.1.10 13.12.1, mesh-client@ 2.13.0 5.2.1 11.16.1 13.1.1,
    /// happner-client@ 2.0.0 11.6.7 12.7.6, light-client@ 11.6.7 12.7.6
    explicit JsClient(std::string_view kind);

    /// Before connect, of a happn-3 client: how long it waits for any answer, which is a minute otherwise.
    void wait_at_most(std::chrono::milliseconds call_timeout) { call_timeout_ = call_timeout; }
    /// Gives {"session", and when secure "token"}. `mesh` is the domain, which only the light client must be
    /// told.
    nlohmann::json connect(std::uint16_t port,
                           const JsCredentials& credentials = {},
                           const std::string& mesh = "TestNode");
    void disconnect();
    /// Cuts the socket as a broken network would; the client reconnects by itself: wait_event("reconnected").
    void drop();

    nlohmann::json set(const std::string& path,
                       const nlohmann::json& data,
                       const nlohmann::json& options = object());
    nlohmann::json get(const std::string& path, const nlohmann::json& options = object());
    nlohmann::json remove(const std::string& path);

    /// Subscribes; the number is for wait_message and off. event_type: set, remove or all.
    int on(const std::string& path, const std::string& event_type = "all");
    int on_event(const std::string& component, const std::string& key);
    void off(int subscription);

    /// The first result of the method.
    nlohmann::json call(const std::string& component,
                        const std::string& method,
                        const nlohmann::json& arguments = nlohmann::json::array());

    /// The next message of the subscription that was not given yet: {"data", "meta"}.
    nlohmann::json wait_message(int subscription, std::chrono::milliseconds limit = patience);
    /// The next event of this name that was not given yet: reconnected, reconnect-scheduled,
    /// connection-ended, session-ended.
    nlohmann::json wait_event(std::string_view name, std::chrono::milliseconds limit = patience);
    /// Messages of the subscription that have arrived and were not given yet.
    std::size_t waiting_messages(int subscription) const;

    /// The two halves of every command, for commands that run side by side: start gives its id.
    int start(nlohmann::json command);
    /// Has its answer been read already, while another one was waited for?
    bool is_answered(int id) const { return answers_.contains(id); }
    nlohmann::json finish(int id,
                          std::chrono::milliseconds limit = patience);  // whole answer; throws JsError

private:
    static nlohmann::json object() { return nlohmann::json::object(); }
    nlohmann::json ask(nlohmann::json command) { return finish(start(std::move(command))).at("result"); }
    void read_one(std::chrono::milliseconds limit);

    Process process_;
    std::chrono::milliseconds call_timeout_{};
    int last_id_ = 0;
    std::map<int, nlohmann::json> answers_;
    std::deque<nlohmann::json> events_;
};

}  // namespace support
