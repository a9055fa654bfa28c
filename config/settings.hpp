// Everything gateway.yaml says, with its defaults. Plain data, filled by load(), handed out by the
// composition root and never changed after.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/listener_settings.hpp"
#include "gateway/log.hpp"
#include "gateway/principal.hpp"
#include "gateway/settings.hpp"
#include "gateway/spool/records.hpp"

namespace config {

struct AdminSettings {
    gateway::Endpoint listen;
    gateway::Secret token;  // empty: none is asked for
};

struct HealthSettings {
    gateway::Endpoint listen;
};

struct LogSettings {
    std::string level = "info";  // trace debug info warn error
    gateway::LogFormat format = gateway::LogFormat::text;
    bool access = false;  // a line for each HTTP request
};

struct Settings {
    std::string name = "gateway";
    std::vector<gateway::ListenerSettings> listen = {
        {{"127.0.0.1", 8080}}};                    // IP addresses; port 0: any free one
    std::optional<AdminSettings> admin;            // absent: no admin listener
    std::optional<HealthSettings> health;          // absent: none
    gateway::NodeSettings node;                    // its name is filled in
    std::vector<gateway::MeshSettings> meshes;     // in the file's order, names differ
    std::vector<gateway::BrokerSettings> brokers;  // in the file's order, names differ
    gateway::RestSettings rest;  // mesh: a key of meshes or "node"; empty: there is no mesh to mirror
    gateway::SpoolSettings spool;
    gateway::spool::LetterLimits dead_letters;  // in it
    gateway::ServiceSettings services;  // HTTP services that routes call
    std::vector<std::string> mappings;  // files that exist, in order, none twice
    int workers = 1;
    LogSettings log;
    gateway::Limits limits;
    gateway::ClientLimits client_limits;
    gateway::ProxySettings proxies;
    gateway::Compression compression;
    gateway::IdempotencySettings idempotency;
    gateway::Timeouts timeouts;
    bool allow_insecure = false;
};

}  // namespace config
