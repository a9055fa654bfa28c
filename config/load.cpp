#include "config/load.hpp"

#include <filesystem>

#include "config/gateway_keys.hpp"
#include "config/mapping_files.hpp"
#include "config/validate.hpp"

namespace config {
namespace {

std::filesystem::path directory_of(const std::string& file) {
    const auto directory = std::filesystem::path{file}.parent_path();
    return directory.empty() ? std::filesystem::path{"."} : directory;
}

Settings read_settings(const Node& root, const std::filesystem::path& directory, Findings& findings) {
    Settings settings;
    gateway_section().read(root, settings, findings);
    if (const auto* mappings = root.find("mappings")) {
        settings.mappings = mapping_files(settings.mappings, mappings->value, directory, findings);
    }
    if (!settings.node.store_file.empty()) {
        settings.node.store_file = (directory / settings.node.store_file).lexically_normal().string();
    }
    if (!settings.spool.path.empty()) {
        settings.spool.path = (directory / settings.spool.path).lexically_normal().string();
    }
    complete_and_validate(settings, root, findings);
    return settings;
}

Loaded settings_from(Node tree, const Environment& environment, Findings findings) {
    Loaded loaded;
    loaded.findings = std::move(findings);
    // What is not YAML would only be reported once more as missing keys.
    if (loaded.findings.has_errors() && !tree.is_map()) return loaded;
    const auto root = expand(std::move(tree), environment, loaded.findings);
    auto settings = read_settings(root, environment.directory, loaded.findings);
    if (!loaded.findings.has_errors()) loaded.settings = std::move(settings);
    return loaded;
}

}  // namespace

Loaded load(const std::string& file) {
    Findings findings;
    auto tree = load_yaml(file, findings);
    return settings_from(std::move(tree), Environment::of_process(directory_of(file)), std::move(findings));
}

Loaded parse(std::string_view text, const std::string& file, const Environment& environment) {
    Findings findings;
    auto tree = parse_yaml(text, file, findings);
    return settings_from(std::move(tree), environment, std::move(findings));
}

}  // namespace config
