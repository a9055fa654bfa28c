// Mapping files to a routing table: parse, expand variables, check against the language's tables, merge,
// compile, compare the routes with each other. All findings at once; the table is there only if none of them
// is an error. Start-up and reload; does not throw.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/finding.hpp"
#include "gateway/routing_table.hpp"
#include "mappings/compilation.hpp"
#include "mappings/test_case.hpp"

namespace mappings {

struct Loaded {
    std::shared_ptr<const gateway::RoutingTable> table;  // null: there are errors
    std::vector<config::Finding> findings;               // by file, line and column
    std::vector<TestCase> tests;
};

/// The text of a mapping file; `file` is only a name.
struct MappingText {
    std::string file;
    std::string text;
};

/// Variables come from the process's environment; `file:` secrets are relative to their mapping file.
Loaded load(const std::vector<std::filesystem::path>& files, const Names& names = {});

Loaded load_texts(const std::vector<MappingText>& texts,
                  const Names& names = {},
                  const config::Environment& environment = {});

}  // namespace mappings
