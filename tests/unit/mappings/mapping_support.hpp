// What the tests of mappings share: files as texts, findings as short lines.
#pragma once

#include <string>
#include <vector>

#include "mappings/load.hpp"

namespace mappings {

inline const std::string file_name = "m.yaml";

inline Loaded load_text(const std::string& text, const Names& names = {}) {
    return load_texts({{file_name, text}}, names);
}

/// "HG201 5:3" for each finding, by place.
inline std::vector<std::string> brief(const std::vector<config::Finding>& findings) {
    std::vector<std::string> lines;
    for (const auto& finding : findings)
        lines.push_back(finding.code + " " + std::to_string(finding.line) + ":" +
                        std::to_string(finding.column));
    return lines;
}

inline std::string all_text(const std::vector<config::Finding>& findings) {
    std::string text;
    for (const auto& finding : findings)
        text += finding.text();
    return text;
}

/// The only route of a table, or the one of this name.
inline const gateway::Route& route_of(const Loaded& loaded, const std::string& name) {
    const auto* route = loaded.table ? loaded.table->find(name) : nullptr;
    if (route == nullptr) throw std::runtime_error("no route " + name + "\n" + all_text(loaded.findings));
    return *route;
}

template <typename Target>
const Target& target_of(const gateway::Route& route, std::size_t index = 0) {
    return std::get<Target>(route.targets.at(index).rule);
}

}  // namespace mappings
