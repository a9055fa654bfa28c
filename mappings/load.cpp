#include "mappings/load.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "mappings/examples.hpp"
#include "mappings/graph_check.hpp"
#include "mappings/language.hpp"
#include "mappings/routes.hpp"
#include "mappings/test_check.hpp"

namespace mappings {
namespace {

using config::Findings;
using config::Node;
using gateway::Value;

const Node* grandchild(const Node& node, std::string_view key, std::string_view inner) {
    const auto* found = child(node, key);
    return found == nullptr ? nullptr : child(*found, inner);
}

FileDefaults defaults_of(const Node& tree) {
    FileDefaults defaults;
    const auto* node = child(tree, "defaults");
    if (node == nullptr) return defaults;
    defaults.broker = grandchild(*node, "mqtt", "broker");
    defaults.mesh = grandchild(*node, "happn", "mesh");
    defaults.delivery = child(*node, "delivery");
    if (const auto* mqtt = child(*node, "mqtt")) {
        defaults.qos = static_cast<int>(integer_of(*mqtt, "qos").value_or(0));
        defaults.mqtt_timeout = duration_of(*mqtt, "timeout").value_or(defaults.mqtt_timeout);
    }
    if (const auto* happn = child(*node, "happn"))
        defaults.happn_timeout = duration_of(*happn, "timeout").value_or(defaults.happn_timeout);
    if (const auto* http = child(*node, "http"))
        defaults.http_timeout = duration_of(*http, "timeout").value_or(defaults.http_timeout);
    return defaults;
}

std::map<std::string, Value> vars_of(const Node& tree) {
    std::map<std::string, Value> vars;
    if (const auto* node = child(tree, "vars")) {
        for (const auto& member : node->members())
            vars[member.key] = Value::json(gateway::Bytes{member.value.json()});
    }
    return vars;
}

/// Of all that a route comes from: its own text, and what its file says for all routes. Variables have been
/// filled in.
std::size_t definition_of(const Node& tree, const Node& route) {
    std::string text = route.json();
    for (const auto* key : {"vars", "defaults"})
        text.append("\n").append(known_child(tree, key).json());
    return std::hash<std::string>{}(text);
}

/// Names of one sort over all files; the second use of one is HG105.
class UniqueNames {
public:
    UniqueNames(std::string_view what, Findings& findings) : what_{what}, findings_{findings} {}

    bool add(const std::string& name, const config::Place& place) {
        const auto [entry, is_new] = places_.emplace(name, place);
        if (!is_new) {
            findings_.error("HG105",
                            place,
                            "the " + what_ + " '" + name + "' is there twice",
                            "the first is at " + entry->second.text());
        }
        return is_new;
    }

private:
    std::string what_;
    Findings& findings_;
    std::map<std::string, config::Place> places_;
};

/// HG408 on the tree as written: check() drops what is wrong, and that is not missing.
void check_route_is_whole(const Node::Member& member, Findings& findings) {
    if (!member.value.is_map()) return;
    const auto has = [&](std::string_view key) { return member.value.find(key) != nullptr; };
    if (has("sync")) return;
    const std::string who = "the route '" + member.key + "' needs ";
    if (!has("from"))
        findings.error("HG408", member.place, who + "the key 'from'", "or 'sync' for a two-way route");
    if (!has("to")) findings.error("HG408", member.place, who + "the key 'to'");
}

class Loading {
public:
    explicit Loading(const Names& names) : names_{names} {}

    Findings findings;

    void add(const Node& tree) {
        if (tree.is_null()) return;
        if (const auto* routes = child(tree, "routes")) {
            for (const auto& member : routes->members())
                check_route_is_whole(member, findings);
        }
        for (const auto& test : known_child(tree, "tests").items())
            check_test(test, findings);
        const auto checked = check(tree, file_shape, "a mapping file", findings);
        if (checked && is_known_version(*checked)) compile(*checked);
    }

    Loaded finish() {
        check_graph(routes_, findings);
        Loaded loaded;
        loaded.findings = without_repeats(findings.sorted());
        loaded.tests = std::move(tests_);
        if (findings.has_errors()) return loaded;
        std::vector<gateway::Route> enabled;
        for (auto& placed : routes_) {
            if (placed.enabled) enabled.push_back(std::move(placed.route));
        }
        attach_examples(enabled, loaded.tests);
        loaded.table =
            std::make_shared<const gateway::RoutingTable>(std::move(enabled), std::move(components_));
        return loaded;
    }

private:
    static constexpr Shape file_shape{.kind = Shape::Kind::table, .table = &file_table};

    bool is_known_version(const Node& tree) {
        const auto version = integer_of(tree, "version").value_or(language_version);
        if (version == language_version) return true;
        findings.error("HG412",
                       known_child(tree, "version").place(),
                       "version " + std::to_string(version) + " of the mapping language is not known",
                       "this program reads version " + std::to_string(language_version));
        return false;
    }

    void compile(const Node& tree) {
        const auto vars = vars_of(tree);
        const auto defaults = defaults_of(tree);
        const Compilation compilation{names_, defaults, vars, findings};
        for (const auto& member : known_child(tree, "routes").members()) {
            if (route_names_.add(member.key, member.place))
                keep(compile_route(member, compilation), definition_of(tree, member.value));
        }
        for (const auto& member : known_child(tree, "components").members()) {
            if (!component_names_.add(member.key, member.place)) continue;
            keep(compile_component(member, compilation), definition_of(tree, member.value));
            components_[member.key] = component_rule(member);
        }
        for (const auto& node : known_child(tree, "tests").items()) {
            if (auto test = compile_test(node, compilation)) tests_.push_back(*std::move(test));
        }
    }

    void keep(std::vector<PlacedRoute> compiled, std::size_t definition) {
        for (auto& placed : compiled) {
            placed.route.definition = definition;
            // `lights.a_to_b` and `component.method` are names as well.
            const bool derived =
                placed.route.sync_pair || std::holds_alternative<gateway::CallSource>(placed.route.source);
            if (derived && !route_names_.add(placed.route.name, placed.place)) continue;
            routes_.push_back(std::move(placed));
        }
    }

    /// The two halves of a two-way route see some mistakes twice.
    static std::vector<config::Finding> without_repeats(std::vector<config::Finding> all) {
        std::set<std::tuple<std::string, std::string, int, int, std::string>> seen;
        std::erase_if(all, [&](const config::Finding& finding) {
            return !seen.emplace(finding.code, finding.file, finding.line, finding.column, finding.message)
                        .second;
        });
        return all;
    }

    const Names& names_;
    std::vector<PlacedRoute> routes_;
    std::map<std::string, gateway::ComponentRule> components_;
    std::vector<TestCase> tests_;
    UniqueNames route_names_{"route", findings};
    UniqueNames component_names_{"component", findings};
};

}  // namespace

Loaded load(const std::vector<std::filesystem::path>& files, const Names& names) {
    Loading loading{names};
    for (const auto& file : files) {
        auto tree = config::load_yaml(file.string(), loading.findings);
        const auto environment = config::Environment::of_process(file.parent_path());
        loading.add(config::expand(std::move(tree), environment, loading.findings));
    }
    return loading.finish();
}

Loaded load_texts(const std::vector<MappingText>& texts,
                  const Names& names,
                  const config::Environment& environment) {
    Loading loading{names};
    for (const auto& [file, text] : texts) {
        auto tree = config::parse_yaml(text, file, loading.findings);
        loading.add(config::expand(std::move(tree), environment, loading.findings));
    }
    return loading.finish();
}

}  // namespace mappings
