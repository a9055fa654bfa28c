// gateway.yaml -> Settings: text, environment and secret files, typed keys, then what must hold between them.
// Every finding is collected, each with its place. Start-up only; never throws on what a file holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/environment.hpp"
#include "config/finding.hpp"
#include "config/settings.hpp"

namespace config {

struct Loaded {
    std::optional<Settings> settings;  // absent if there is any error
    Findings findings;
};

/// Reads the file with the process's environment. `mappings` and `file:` are relative to the file's
/// directory.
Loaded load(const std::string& file);

/// The same for a text that need not be on disk; `file` is its name in findings.
Loaded parse(std::string_view text, const std::string& file, const Environment& environment);

}  // namespace config
