#include "gateway/app/running_gateway.hpp"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "config/address.hpp"
#include "config/load.hpp"
#include "gateway/app/loading.hpp"

namespace gateway::app {
namespace {

constexpr int failed = 1;
constexpr int usage = 2;

std::nullopt_t say(std::string_view what, int ends_with, int& status) {
    std::cerr << what << '\n';
    status = ends_with;
    return std::nullopt;
}

std::optional<admin::Client> of_config(const std::string& file, int& status) {
    const config::Loaded loaded = config::load(file);
    if (!loaded.settings) {
        print_findings(loaded.findings, std::cerr);
        status = failed;
        return std::nullopt;
    }
    const auto& admin = loaded.settings->admin;
    if (!admin) return say("the configuration has no admin listener: admin: { listen: ... }", failed, status);
    if (admin->listen.port == 0)
        return say("the admin listener has no fixed port: name it with --admin", failed, status);
    return admin::Client{reachable(admin->listen), admin->token};
}

}  // namespace

std::optional<admin::Client> client_of(const RunningGateway& gateway, int& status) {
    if (!gateway.config.empty()) return of_config(gateway.config, status);
    if (gateway.admin.empty())
        return say(
            "name the running gateway with --config, or its admin listener with --admin", usage, status);
    auto endpoint = config::parse_endpoint(gateway.admin);
    if (!endpoint) return say("--admin is HOST:PORT", usage, status);
    const char* token = std::getenv(RunningGateway::token_variable);
    return admin::Client{*std::move(endpoint), Secret{token != nullptr ? token : ""}};
}

Endpoint reachable(Endpoint listener) {
    if (listener.host == "0.0.0.0") listener.host = "127.0.0.1";
    if (listener.host == "::") listener.host = "::1";
    return listener;
}

}  // namespace gateway::app
