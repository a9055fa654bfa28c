#include "tests/support/js_peer.hpp"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <functional>
#include <utility>

#include "tests/support/free_port.hpp"
#include "tests/tree/tree.hpp"

namespace support {
namespace {

Command node(std::string script, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"node", std::move(script)});
    return {.arguments = std::move(arguments), .directory = peers_directory()};
}

using EventMatcher = std::function<bool(const nlohmann::json&)>;

EventMatcher message_of(int subscription) {
    return [subscription](const nlohmann::json& event) {
        return event.at("event") == "message" && event.at("subscription") == subscription;
    };
}

// Takes the first match out of the queue.
std::optional<nlohmann::json> take(std::deque<nlohmann::json>& events, const EventMatcher& matches) {
    const auto found = std::find_if(events.begin(), events.end(), matches);
    if (found == events.end()) return std::nullopt;
    auto event = std::move(*found);
    events.erase(found);
    return event;
}

std::chrono::milliseconds left_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return std::max(left, std::chrono::milliseconds{0});
}

}  // namespace

std::string happn_client_of(std::string_view generation) {
    static const std::map<std::string_view, std::string_view> versions{
        {"2.13.0", "1.12.1"}, {"5.2.1", "3.1.1"}, {"11.16.1", "12.1.10"}, {"13.1.1", "13.12.1"}};
    return "happn-3@" + std::string{versions.at(generation)};
}

std::string name_of_version(std::string_view version) {
    std::string name{version};
    const auto odd = [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); };
    std::replace_if(name.begin(), name.end(), odd, '_');
    return name;
}

JsMesh::JsMesh(const JsMeshOptions& options) : options_(options), port_(free_port()) {
    start();
}

void JsMesh::start() {
    std::vector<std::string> arguments{"--generation", options_.generation, "--port", std::to_string(port_)};
    if (options_.secure) arguments.emplace_back("--secure");
    if (options_.tls)
        arguments.insert(arguments.end(), {"--cert", options_.tls->certificate, "--key", options_.tls->key});
    if (!options_.endpoint.empty()) arguments.insert(arguments.end(), {"--endpoint", options_.endpoint});
    if (!options_.domain.empty()) arguments.insert(arguments.end(), {"--domain", options_.domain});
    if (!options_.session_ttl.empty())
        arguments.insert(arguments.end(), {"--session-ttl", options_.session_ttl});
    if (options_.encrypt_payloads) arguments.emplace_back("--encrypt-payloads");
    if (options_.logout_over_http) arguments.emplace_back("--logout-over-http");
    if (!options_.locks_accounts) arguments.emplace_back("--no-account-lock");
    if (options_.acknowledged_within.count() > 0)
        arguments.insert(arguments.end(),
                         {"--acknowledge-within", std::to_string(options_.acknowledged_within.count())});
    if (options_.recorded_rights) arguments.emplace_back("--recorded-rights");
    process_.emplace(node("mesh.js", std::move(arguments)));
    process_->wait_for_line("READY " + std::to_string(port_));
}

TlsFront::TlsFront(const CertificateFiles& own, const std::string& ca, const JsMesh& mesh)
    : process_{node(
          "tls_front.js",
          {"--cert", own.certificate, "--key", own.key, "--ca", ca, "--to", std::to_string(mesh.port())})} {
    const auto line = process_.wait_for_line("READY ");
    port_ = line.substr(line.find("READY ") + 6);
}

void JsMesh::freeze() {
    process_->signal(SIGSTOP);
}

void JsMesh::thaw() {
    process_->signal(SIGCONT);
}

void JsMesh::give_rights(const std::string& username) {
    tell("link " + username, "LINKED " + username);
}

int JsMesh::revoke(const std::string& username) {
    return ask_number("revoke " + username, "REVOKED ");
}

int JsMesh::sessions_of(const std::string& username) {
    return ask_number("sessions " + username, "SESSIONS ");
}

int JsMesh::ask_number(const std::string& command, const std::string& answer) {
    const auto line = tell(command, answer);
    return std::stoi(line.substr(line.find(answer) + answer.size()));
}

void JsMesh::add_component(const std::string& name) {
    tell("add " + name, "ADDED " + name);
}

void JsMesh::remove_component(const std::string& name) {
    tell("remove " + name, "REMOVED " + name);
}

std::string JsMesh::tell(const std::string& command, const std::string& answer) {
    const auto before = process_->line_count();
    process_->write_line(command);
    return process_->wait_for_line(answer, patience, before);
}

void JsMesh::stop(Clients then) {
    process_->write_line(then == Clients::come_back ? "stop reconnect" : "stop stay-away");
    process_->wait();
}

void JsMesh::kill() {
    process_->kill();
}

JsClient::JsClient(std::string_view kind) : process_(node("client.js", {std::string{kind}})) {
    wait_event("started");
}

nlohmann::json JsClient::connect(std::uint16_t port,
                                 const JsCredentials& credentials,
                                 const std::string& mesh) {
    nlohmann::json command{{"command", "connect"}, {"host", "127.0.0.1"}, {"port", port}, {"mesh", mesh}};
    if (!credentials.username.empty()) command["username"] = credentials.username;
    if (!credentials.password.empty()) command["password"] = credentials.password;
    if (!credentials.token.empty()) command["token"] = credentials.token;
    if (call_timeout_.count() > 0) command["call_timeout"] = call_timeout_.count();
    return ask(std::move(command));
}

void JsClient::disconnect() {
    ask({{"command", "disconnect"}});
}

void JsClient::drop() {
    ask({{"command", "drop"}});
}

nlohmann::json JsClient::set(const std::string& path,
                             const nlohmann::json& data,
                             const nlohmann::json& options) {
    return ask({{"command", "set"}, {"path", path}, {"data", data}, {"options", options}});
}

nlohmann::json JsClient::get(const std::string& path, const nlohmann::json& options) {
    return ask({{"command", "get"}, {"path", path}, {"options", options}});
}

nlohmann::json JsClient::remove(const std::string& path) {
    return ask({{"command", "remove"}, {"path", path}});
}

int JsClient::on(const std::string& path, const std::string& event_type) {
    const nlohmann::json options{{"event_type", event_type}};
    return ask({{"command", "on"}, {"path", path}, {"options", options}}).at("subscription").get<int>();
}

int JsClient::on_event(const std::string& component, const std::string& key) {
    return ask({{"command", "event"}, {"component", component}, {"key", key}}).at("subscription").get<int>();
}

void JsClient::off(int subscription) {
    ask({{"command", "off"}, {"subscription", subscription}});
}

nlohmann::json JsClient::call(const std::string& component,
                              const std::string& method,
                              const nlohmann::json& arguments) {
    return ask({{"command", "call"}, {"component", component}, {"method", method}, {"args", arguments}});
}

nlohmann::json JsClient::wait_message(int subscription, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    while (true) {
        if (auto event = take(events_, message_of(subscription))) return *event;
        read_one(left_until(deadline));
    }
}

nlohmann::json JsClient::wait_event(std::string_view name, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    const auto is_it = [name](const nlohmann::json& event) { return event.at("event") == name; };
    while (true) {
        if (auto event = take(events_, is_it)) return *event;
        read_one(left_until(deadline));
    }
}

std::size_t JsClient::waiting_messages(int subscription) const {
    return static_cast<std::size_t>(std::count_if(events_.begin(), events_.end(), message_of(subscription)));
}

int JsClient::start(nlohmann::json command) {
    command["id"] = ++last_id_;
    process_.write_line(command.dump());
    return last_id_;
}

nlohmann::json JsClient::finish(int id, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    while (!answers_.contains(id))
        read_one(left_until(deadline));
    auto answer = std::move(answers_.extract(id).mapped());
    if (answer.contains("error")) throw JsError(answer.at("error"));
    return answer;
}

void JsClient::read_one(std::chrono::milliseconds limit) {
    auto line = nlohmann::json::parse(process_.next_output_line(limit));
    if (line.contains("id")) {
        const int id = line.at("id").get<int>();
        answers_.emplace(id, std::move(line));
    } else {
        events_.push_back(std::move(line));
    }
}

}  // namespace support
