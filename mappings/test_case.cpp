#include "mappings/test_case.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/json.hpp"
#include "gateway/payload.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::Bytes;
using gateway::Encoding;
using gateway::Payload;

constexpr std::array<std::string_view, 4> send_kinds{"mqtt", "happn", "http", "call"};
constexpr std::array<std::string_view, 5> output_kinds{"mqtt", "happn", "call", "http", "stream"};
constexpr std::array<std::string_view, 4> payload_keys{"json", "text", "hex", "base64"};

/// The one of `keys` that is there; nullptr if there is none, or more than one (a finding).
const Node::Member* only_one(const Node& node,
                             std::span<const std::string_view> keys,
                             const Compilation& compilation) {
    const Node::Member* found = nullptr;
    for (const auto key : keys) {
        const auto* member = node.find(key);
        if (member == nullptr) continue;
        if (found != nullptr) {
            compilation.error(
                "HG414", member->place, "'" + member->key + "' and '" + found->key + "' exclude each other");
            return nullptr;
        }
        found = member;
    }
    return found;
}

std::optional<std::string> from_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string bytes;
    int high = -1;
    for (const char c : text) {
        if (c == ' ') continue;
        const auto digit = digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
        if (digit == std::string_view::npos) return std::nullopt;
        if (high < 0) {
            high = static_cast<int>(digit);
        } else {
            bytes.push_back(static_cast<char>(high * 16 + static_cast<int>(digit)));
            high = -1;
        }
    }
    return high < 0 ? std::optional{std::move(bytes)} : std::nullopt;
}

std::optional<std::string> bytes_of(const Node::Member& payload, const Compilation& compilation) {
    const std::string& text = payload.value.text();
    auto bytes = payload.key == "hex"      ? from_hex(text)
                 : payload.key == "base64" ? gateway::from_base64(text)
                                           : std::optional{text};
    if (!bytes) compilation.error("HG409", payload.value.place(), "this is not " + payload.key);
    return bytes;
}

/// Into two at the first blank.
std::pair<std::string, std::string> halves(const std::string& text) {
    const auto blank = text.find(' ');
    if (blank == std::string::npos) return {text, {}};
    return {text.substr(0, blank), text.substr(blank + 1)};
}

std::vector<gateway::NameValue> pairs_of(const Node& node, std::string_view key) {
    std::vector<gateway::NameValue> result;
    const auto* found = child(node, key);
    if (found == nullptr) return result;
    for (const auto& member : found->members())
        result.emplace_back(member.key, member.value.text());
    return result;
}

std::vector<gateway::NameValue> headers_of(const Node& node) {
    auto headers = pairs_of(node, "headers");
    for (auto& [name, value] : headers) {
        for (char& c : name)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return headers;
}

template <typename T>
std::optional<T> if_there(const Node& node, std::string_view key, const T& value) {
    return child(node, key) == nullptr ? std::nullopt : std::optional{value};
}

std::optional<std::string> optional_text(const Node& node, std::string_view key) {
    return if_there(node, key, text_of(node, key));
}

std::optional<std::string> optional_json(const Node& node, std::string_view key) {
    const auto* found = child(node, key);
    return found == nullptr ? std::nullopt : std::optional{found->json()};
}

std::optional<int> optional_int(const Node& node, std::string_view key) {
    const auto number = integer_of(node, key);
    return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

// --- send
// -----------------------------------------------------------------------------------------------------------

std::optional<SendHappn> send_happn(const Node& node, const Node& spelled, const Compilation& compilation) {
    const auto [verb, path] = halves(spelled.text());
    if ((verb != "set" && verb != "remove") || path.empty()) {
        compilation.error(
            "HG204", spelled.place(), "what happn sends is written \"set <path>\" or \"remove <path>\"");
        return std::nullopt;
    }
    const auto action = verb == "set" ? gateway::Action::set : gateway::Action::remove;
    return SendHappn{compilation.mesh_of(node), path, action};
}

std::optional<SendHttp> send_http(const Node& node, const Node& spelled, const Compilation& compilation) {
    const auto [method, target] = halves(spelled.text());
    if (!target.starts_with('/')) {
        compilation.error("HG204", spelled.place(), "a request is written \"<METHOD> <path>\"");
        return std::nullopt;
    }
    const auto mark = target.find('?');
    SendHttp http{method, target.substr(0, mark), {}, headers_of(node)};
    if (mark != std::string::npos) http.query = target.substr(mark + 1);
    return http;
}

std::optional<SendCall> send_call(const Node& node, const Node& spelled, const Compilation& compilation) {
    const auto slash = spelled.text().find('/');
    if (slash == std::string::npos) {
        compilation.error("HG204", spelled.place(), "a call is written \"<component>/<method>\"");
        return std::nullopt;
    }
    return SendCall{
        spelled.text().substr(0, slash), spelled.text().substr(slash + 1), known_child(node, "args")};
}

/// As the transport would deliver it.
std::optional<Payload> payload_to_send(const Node& node,
                                       std::string_view kind,
                                       const Compilation& compilation) {
    const auto* member = only_one(node, payload_keys, compilation);
    if (member == nullptr) return Payload{};
    const bool is_json = member->key == "json";
    auto bytes = is_json ? std::optional{member->value.json()} : bytes_of(*member, compilation);
    if (!bytes) return std::nullopt;
    Payload payload;
    if (kind == "happn") {
        const bool is_text = member->key == "text";
        payload.encoding = is_json || is_text ? Encoding::json : Encoding::bytes;
        if (is_text) bytes = gateway::json::quoted(*bytes);
    } else if (kind == "http" && is_json) {
        payload.content_type = "application/json";
    }
    payload.bytes = Bytes{*std::move(bytes)};
    return payload;
}

template <typename What>
std::optional<Send> send_of(std::optional<What> what) {
    return what ? std::optional{Send{*std::move(what), {}, {}}} : std::nullopt;
}

std::optional<Send> compile_send(const Node& node, const Compilation& compilation) {
    const auto* member = only_one(node, send_kinds, compilation);
    if (member == nullptr) return std::nullopt;  // has a finding
    const Node& spelled = member->value;
    std::optional<Send> send;
    if (member->key == "mqtt") {
        send = send_of(std::optional{SendMqtt{compilation.broker_of(node),
                                              spelled.text(),
                                              optional_int(node, "qos").value_or(0),
                                              flag_of(node, "retain"),
                                              pairs_of(node, "user")}});
    } else if (member->key == "happn") {
        send = send_of(send_happn(node, spelled, compilation));
    } else if (member->key == "http") {
        send = send_of(send_http(node, spelled, compilation));
    } else {
        send = send_of(send_call(node, spelled, compilation));
    }
    auto payload = payload_to_send(node, member->key, compilation);
    if (!send || !payload) return std::nullopt;
    send->payload = *std::move(payload);
    send->as = optional_text(node, "as");
    return send;
}

// --- mock
// -----------------------------------------------------------------------------------------------------------

gateway::Errc errc_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(gateway::Errc::cancelled); ++i) {
        const auto errc = static_cast<gateway::Errc>(i);
        if (gateway::error_name(errc) == name) return errc;
    }
    return gateway::Errc::mesh_error;
}

bool is_http_kind(std::string_view kind) {
    constexpr std::array<std::string_view, 6> methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    constexpr std::string_view http = "http ";
    return kind.starts_with(http) && std::ranges::find(methods, kind.substr(http.size())) != methods.end();
}

constexpr std::string_view stream_of_topics = "stream";  // one of publications is "stream on"

std::optional<Mock> compile_mock(const Node::Member& member, const Compilation& compilation) {
    const auto blank = member.key.rfind(' ');
    Mock mock;
    mock.name = member.key;
    mock.kind = member.key.substr(0, blank);
    constexpr std::array<std::string_view, 7> kinds{
        "mqtt", "call", "happn set", "happn get", "happn remove", "stream on", stream_of_topics};
    const bool is_http = is_http_kind(mock.kind);
    if (blank == std::string::npos || (!is_http && std::ranges::find(kinds, mock.kind) == kinds.end())) {
        compilation.error("HG204",
                          member.place,
                          "a mock is named by what it answers: \"call doors/lock\", \"mqtt devices/d1/cmd\", "
                          "\"happn get /d/1\", \"http GET https://service.example/v1\"");
        return std::nullopt;
    }
    // A URL has levels like a topic, and none of happn's restrictions.
    const bool is_topic = mock.kind == "mqtt" || mock.kind == stream_of_topics;
    const auto kind = is_topic || is_http   ? gateway::AddressKind::mqtt
                      : mock.kind == "call" ? gateway::AddressKind::call
                                            : gateway::AddressKind::happn;
    auto address = gateway::AddressPattern::parse(member.key.substr(blank + 1), kind);
    if (address.has_error()) {
        compilation.error("HG204", member.place, address.error().message, address.error().hint);
        return std::nullopt;
    }
    mock.address = *std::move(address);
    mock.answer = optional_json(member.value, "answer").value_or("null");
    if (const auto* error = child(member.value, "error")) {
        const auto name = text_of(*error, "name", "Error");
        mock.error = gateway::Error{
            errc_of(name), name, optional_int(*error, "code").value_or(0), text_of(*error, "message", name)};
    }
    return mock;
}

// --- expect
// ---------------------------------------------------------------------------------------------------------

bool set_output(Expectation& expectation,
                const Node& node,
                const Node::Member& output,
                const Compilation& compilation) {
    expectation.kind = output.key;
    expectation.address = output.value.text();
    expectation.connection =
        output.key == "mqtt" ? optional_text(node, "broker") : optional_text(node, "mesh");
    if (output.key != "happn" && output.key != "stream" && output.key != "http") return true;
    const auto [verb, path] = halves(output.value.text());
    if (output.key == "http") {
        expectation.kind += " " + verb;
        expectation.address = path;
        if (is_http_kind(expectation.kind)) return true;
        compilation.error("HG204", output.value.place(), "what a service gets is written \"<METHOD> <url>\"");
        return false;
    }
    if (output.key == stream_of_topics && verb != "on") {
        expectation.connection = optional_text(node, "broker");
        return true;
    }
    if (output.key == "happn" && verb != "set" && verb != "get" && verb != "remove") {
        compilation.error("HG204",
                          output.value.place(),
                          "what happn gets is written \"set <path>\", \"get <path>\" or \"remove <path>\"");
        return false;
    }
    expectation.kind += " " + verb;
    expectation.address = path;
    return true;
}

bool set_payload(Expectation& expectation, const Node& node, const Compilation& compilation) {
    const auto* member = only_one(node, payload_keys, compilation);
    if (member == nullptr) return true;
    if (member->key == "json") {
        expectation.json = member->value.json();
        return true;
    }
    expectation.bytes = bytes_of(*member, compilation);
    return expectation.bytes.has_value();
}

std::optional<Expectation> compile_expectation(const Node& node, const Compilation& compilation) {
    Expectation expectation;
    expectation.place = node.place();
    const auto* output = only_one(node, output_kinds, compilation);
    if (output != nullptr && !set_output(expectation, node, *output, compilation)) return std::nullopt;
    if (!set_payload(expectation, node, compilation)) return std::nullopt;
    expectation.route = optional_text(node, "route");
    expectation.as = optional_text(node, "as");
    expectation.qos = optional_int(node, "qos");
    expectation.retain = if_there(node, "retain", flag_of(node, "retain"));
    expectation.user = pairs_of(node, "user");
    expectation.args = optional_json(node, "args");
    expectation.status = optional_int(node, "status");
    expectation.headers = headers_of(node);
    expectation.answer = optional_json(node, "answer");
    expectation.refused = optional_text(node, "refused");
    expectation.filtered = flag_of(node, "filtered");
    if (const auto* error = child(node, "error")) {
        expectation.error_name = optional_text(*error, "name");
        expectation.error_code = optional_int(*error, "code");
        expectation.error_message = optional_text(*error, "message");
    }
    return expectation;
}

}  // namespace

std::optional<TestCase> compile_test(const Node& node, const Compilation& compilation) {
    const Node* send = child(node, "send");
    const Node* expect = child(node, "expect");
    if (send == nullptr || expect == nullptr) return std::nullopt;  // a finding of check()
    TestCase test;
    test.name = text_of(node, "name");
    test.place = known_child(node, "name").place();
    test.exact = expect->is_list();
    auto compiled = compile_send(*send, compilation);
    for (const auto& member : known_child(node, "mock").members()) {
        if (auto mock = compile_mock(member, compilation)) test.mocks.push_back(*std::move(mock));
    }
    const auto add = [&](const Node& entry) {
        if (auto expectation = compile_expectation(entry, compilation))
            test.expectations.push_back(*std::move(expectation));
    };
    if (expect->is_map()) add(*expect);
    for (const auto& item : expect->items())
        add(item);
    if (!compiled) return std::nullopt;
    test.send = *std::move(compiled);
    return test;
}

}  // namespace mappings
