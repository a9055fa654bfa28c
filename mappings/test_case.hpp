// `tests:` of a mapping file as data: what is sent, what is mocked, what is expected. Plain values, compiled
// by load().
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/expression/address_pattern.hpp"
#include "gateway/message.hpp"
#include "mappings/compilation.hpp"

namespace mappings {

struct SendMqtt {
    std::string broker;
    std::string topic;
    int qos = 0;
    bool retain = false;
    std::vector<gateway::NameValue> user;
};

struct SendHappn {
    std::string mesh;
    std::string path;
    gateway::Action action = gateway::Action::set;
};

struct SendHttp {
    std::string method;
    std::string path;                         // without the query, percent-encoded
    std::string query;                        // as in the URL
    std::vector<gateway::NameValue> headers;  // names in lower case
};

struct SendCall {
    std::string component;
    std::string method;
    config::Node args;  // a list, by position, or a map, by name
};

struct Send {
    std::variant<SendMqtt, SendHappn, SendHttp, SendCall> what;
    gateway::Payload payload;
    std::optional<std::string> as;
};

/// A mocked target: `<target key> <address>`, the address with wildcards.
struct Mock {
    std::string name;  // as written
    std::string kind;  // "mqtt" "happn get" "happn set" "happn remove" "call" "stream on" "http GET" ...
    gateway::AddressPattern address;
    std::string answer;  // JSON; null if not given
    std::optional<gateway::Error> error;
};

/// One thing a test expects. Every field that is set must hold.
struct Expectation {
    config::Place place;
    // an output
    std::string kind;  // "mqtt" "call" "happn set" ...; empty: about the answer
    std::string address;
    std::optional<std::string> route, connection, as;
    std::optional<int> qos;
    std::optional<bool> retain;
    std::vector<gateway::NameValue> user;
    std::optional<std::string> args;  // JSON
    // an output's payload, or the answer's
    std::optional<std::string> json;
    std::optional<std::string> bytes;  // of text, hex, base64
    // the answer
    std::optional<int> status;
    std::vector<gateway::NameValue> headers;
    std::optional<std::string> answer;  // JSON
    std::optional<std::string> error_name, error_message;
    std::optional<int> error_code;
    // what becomes of the message
    std::optional<std::string> refused;
    bool filtered = false;

    bool is_output() const { return !kind.empty(); }
};

struct TestCase {
    std::string name;
    config::Place place;
    Send send;
    std::vector<Mock> mocks;
    std::vector<Expectation> expectations;
    bool exact =
        true;  // the outputs are exactly those expected, in order (a list); else only what is said must hold
};

/// A checked `tests` entry; nullopt if it is too wrong.
std::optional<TestCase> compile_test(const config::Node& node, const Compilation& compilation);

}  // namespace mappings
