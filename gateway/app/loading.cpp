#include "gateway/app/loading.hpp"

#include <iostream>
#include <utility>

#include "config/load.hpp"

namespace gateway::app {

std::vector<std::filesystem::path> files_of(const config::Settings& settings) {
    return {settings.mappings.begin(), settings.mappings.end()};
}

mappings::Names names_of(const config::Settings& settings) {
    mappings::Names names;
    names.brokers.emplace();
    names.meshes.emplace();
    names.node = settings.node.enabled;
    names.spool = !settings.spool.path.empty();
    for (const BrokerSettings& broker : settings.brokers)
        names.brokers->push_back(broker.name);
    for (const MeshSettings& mesh : settings.meshes)
        names.meshes->push_back(mesh.name);
    return names;
}

Compiled compile(const Sources& sources) {
    Compiled compiled;
    if (sources.config.empty()) {
        compiled.mappings = mappings::load({sources.mappings.begin(), sources.mappings.end()});
    } else {
        config::Loaded loaded = config::load(sources.config);
        compiled.findings = std::move(loaded.findings);
        if (!loaded.settings) return compiled;
        compiled.mappings = mappings::load(files_of(*loaded.settings), names_of(*loaded.settings));
        compiled.settings = std::move(loaded.settings);
    }
    compiled.findings.append(compiled.mappings.findings);
    return compiled;
}

void print_findings(const config::Findings& findings, std::ostream& out) {
    for (const config::Finding& finding : findings.sorted())
        out << finding.text();
}

void log_findings(const config::Findings& findings, LogFormat format) {
    if (format == LogFormat::text) return print_findings(findings, std::cerr);
    for (const config::Finding& finding : findings.sorted()) {
        if (finding.severity == config::Severity::error) {
            log::error("{}", finding.log_text());
        } else {
            log::warn("{}", finding.log_text());
        }
    }
}

void print_findings_json(const config::Findings& findings, std::ostream& out) {
    out << '[';
    const char* separator = "";
    for (const config::Finding& finding : findings.sorted()) {
        out << separator << finding.json();
        separator = ",\n";
    }
    out << "]\n";
}

}  // namespace gateway::app
