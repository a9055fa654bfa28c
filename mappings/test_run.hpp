// One mapping test, run: sends its message through a dispatcher of its own and writes down all that happens.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/response.hpp"
#include "gateway/routing_table.hpp"
#include "mappings/test_case.hpp"

namespace mappings {

struct SeenOutput {
    std::string kind;  // "mqtt" "call" "happn set" "happn get" "happn remove" "http GET" ...
    std::string address;
    std::string connection;
    std::string route;
    std::string as;  // a user name, "service" or "anonymous"
    gateway::Payload payload;
    int qos = 0;
    bool retain = false;
    std::vector<gateway::NameValue> user;
    std::vector<gateway::NameValue> headers;  // of a request to a service, names as written
};

struct SeenFate {
    std::string route;
    std::string fate;    // "delivered" "refused" ...
    std::string reason;  // may be empty
};

struct Seen {
    std::vector<SeenOutput> outputs;
    std::optional<gateway::Response> response;
    std::vector<SeenFate> fates;
    std::vector<std::string> matched;       // routes
    std::vector<std::string> unused_mocks;  // their names
};

Seen run_test(const std::shared_ptr<const gateway::RoutingTable>& table, const TestCase& test);

}  // namespace mappings
