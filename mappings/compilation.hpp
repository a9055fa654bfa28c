// What compiling one mapping file needs at hand: its constants and defaults, the connections there are, and
// where findings go. Start-up only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_document.hpp"
#include "gateway/clock.hpp"
#include "gateway/expression/problem.hpp"
#include "gateway/expression/value.hpp"

namespace mappings {

/// The keys of the configuration's brokers and meshes. nullopt: there is no configuration, names are not
/// judged.
struct Names {
    std::optional<std::vector<std::string>> brokers;
    std::optional<std::vector<std::string>> meshes;  // without "node"
    bool node = true;                                // the embedded node is enabled
    std::optional<bool> spool;                       // one is configured
};

inline constexpr std::string_view node_mesh = "node";
inline constexpr std::string_view unnamed_broker = "default";  // of files compiled without a configuration

struct FileDefaults {
    const config::Node* broker = nullptr;  // as spelled; null: not given
    const config::Node* mesh = nullptr;
    const config::Node* delivery = nullptr;
    int qos = 0;
    gateway::Duration mqtt_timeout = std::chrono::seconds{10};
    gateway::Duration happn_timeout = std::chrono::seconds{10};
    gateway::Duration http_timeout = std::chrono::seconds{10};
};

struct Compilation {
    const Names& names;
    const FileDefaults& defaults;
    const std::map<std::string, gateway::Value>& vars;
    config::Findings& findings;

    /// The broker that `node` (a source, target or test) means: its own `broker`, the file's default, or the
    /// only one.
    std::string broker_of(const config::Node& node) const;
    std::string mesh_of(const config::Node& node) const;

    /// A mistake inside the text of `node`, `offset` bytes behind the text's start.
    void report(std::string_view code,
                const config::Node& node,
                const gateway::ExpressionProblem& problem,
                std::size_t offset = 0) const;
    void error(std::string_view code,
               const config::Place& place,
               std::string message,
               std::string hint = {}) const {
        findings.error(code, place, std::move(message), std::move(hint));
    }
};

// Reading a checked tree: what is not there, or was dropped by check(), is nullptr or the fallback.
const config::Node* child(const config::Node& node, std::string_view key);
const config::Node& known_child(const config::Node& node, std::string_view key);  // must be there
std::string text_of(const config::Node& node, std::string_view key, std::string fallback = {});
bool flag_of(const config::Node& node, std::string_view key, bool fallback = false);
std::optional<long long> integer_of(const config::Node& node, std::string_view key);
std::optional<double> number_of(const config::Node& node, std::string_view key);
std::optional<gateway::Duration> duration_of(const config::Node& node, std::string_view key);
std::vector<std::string> words_of(const config::Node& node, std::string_view key);  // of a list

}  // namespace mappings
