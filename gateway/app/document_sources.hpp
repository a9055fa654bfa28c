// What the commands that print a document have in common: files compiled, and a mesh asked if that is wanted.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/app/commands.hpp"
#include "gateway/app/live_mesh.hpp"
#include "gateway/app/loading.hpp"

namespace gateway::app {

struct DocumentSources {
    std::shared_ptr<const RoutingTable> table;
    std::optional<config::Settings> settings;  // absent: made from mapping files alone
    std::optional<LiveMesh> live;              // absent: not asked

    std::string title() const { return settings ? settings->name : std::string{}; }
};

/// Or the exit status of `command`, what is wrong having been printed to standard error.
std::variant<DocumentSources, int> document_sources(std::string_view command, const DocumentOptions& options);

}  // namespace gateway::app
