// `${VAR}`, `${VAR:-default}` and `$${` (a literal `${`) in scalars, and `file:PATH` for secrets, replaced
// after parsing, so that a value can never change a file's structure. Keys are left alone. Start-up only.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/yaml_document.hpp"

namespace config {

inline constexpr std::size_t max_secret_bytes = 64u * 1024;

struct Environment {
    std::function<std::optional<std::string>(std::string_view name)> variable;
    std::filesystem::path directory;  // what `file:PATH` is relative to

    /// The process's own variables.
    static Environment of_process(std::filesystem::path directory);
};

/// The tree with every scalar expanded. A missing variable or file is a finding (HG208) at its place. The
/// end-of-line at the end of a secret file is dropped. An expanded plain scalar is typed by its new text
/// (`port: "${PORT}"` stays text).
Node expand(Node tree, const Environment& environment, Findings& findings);

}  // namespace config
