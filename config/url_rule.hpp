// Which URLs a kind of connection is written with. Start-up only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/section.hpp"
#include "gateway/settings.hpp"

namespace config {

struct Scheme {
    std::string name;
    std::uint16_t port;        // when none is given
    bool path = false;         // may the URL have one?
    std::string meaning = {};  // the scheme that it is another name for; empty: itself
};

struct UrlRule {
    std::vector<Scheme> schemes;
    std::string example;
};

struct ReadUrl {
    std::string scheme;  // what it means
    gateway::Endpoint endpoint;
    std::string path;  // "/mqtt"; empty: none
};

/// nullopt: a finding says why.
std::optional<ReadUrl> read_url(const Node& node, const UrlRule& rule, Findings& findings);
Json url_schema(const UrlRule& rule);

}  // namespace config
