// What the commands share: reading a configuration and its mapping files, and printing what is wrong with
// them.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <vector>

#include "config/finding.hpp"
#include "config/settings.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/log.hpp"
#include "mappings/load.hpp"

namespace gateway::app {

std::vector<std::filesystem::path> files_of(const config::Settings& settings);
mappings::Names names_of(const config::Settings& settings);

/// One configuration, or bare mapping files; findings of both in order.
struct Compiled {
    std::optional<config::Settings> settings;  // of a configuration without errors
    mappings::Loaded mappings;
    config::Findings findings;
};
Compiled compile(const Sources& sources);

void print_findings(const config::Findings& findings, std::ostream& out);
/// To standard error, where the log goes: with `json` one event each, as everything else there.
void log_findings(const config::Findings& findings, LogFormat format);
void print_findings_json(const config::Findings& findings, std::ostream& out);

}  // namespace gateway::app
