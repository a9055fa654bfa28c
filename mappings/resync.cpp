#include "mappings/resync.hpp"

#include <string>
#include <string_view>

#include "mappings/delivery.hpp"
#include "mappings/sources.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::Prefer;

Prefer prefer_of(const Node& route) {
    const std::string word = text_of(route, "prefer");
    if (word == "a") return Prefer::a;
    return word == "b" ? Prefer::b : Prefer::newest;
}

bool removes_missing(const Node& resync) {
    return resync.is_map() && text_of(resync, "missing") == "remove";
}

void check_order(const Node& route, const Compilation& compilation) {
    const Node* newest_by = child(route, "newest_by");
    const bool newest = prefer_of(route) == Prefer::newest;
    if (newest_by != nullptr && !newest)
        compilation.error("HG414", newest_by->place(), "'newest_by' goes with 'prefer: newest' only");
    const Node& resync = known_child(route, "resync");
    if (removes_missing(resync) && newest)
        compilation.error("HG414",
                          known_child(resync, "missing").place(),
                          "'missing: remove' needs an end that wins: nobody knows when something went",
                          "prefer: a");
}

void check_end(const Node& end, const Compilation& compilation) {
    if (child(end, "mqtt") != nullptr && !flag_of(end, "retain"))
        compilation.error("HG506",
                          end.place(),
                          "'resync' compares what is kept, and this topic keeps nothing",
                          "retain: true");
    if (const Node* initial = child(end, "initial"))
        compilation.error("HG414", initial->place(), "'initial' and 'resync' exclude each other");
}

}  // namespace

void check_resync(const Node& route, const Node& a, const Node& b, const Compilation& compilation) {
    const Node* resync = child(route, "resync");
    if (resync == nullptr) {
        for (const std::string_view key : {"prefer", "newest_by"}) {
            if (const Node* without = child(route, key))
                compilation.error("HG414",
                                  without->place(),
                                  "'" + std::string{key} + "' goes with 'resync' only",
                                  "resync: on_reconnect");
        }
        return;
    }
    check_order(route, compilation);
    check_end(a, compilation);
    check_end(b, compilation);
    if (is_at_least_once(route, compilation))
        compilation.error("HG414",
                          resync->place(),
                          "'resync' and at-least-once exclude each other: what waits in the spool would come "
                          "after what has been compared",
                          "delivery: at-most-once");
}

std::optional<gateway::Resync> compile_resync(const Node& route,
                                              const gateway::SourceRule& source,
                                              const Compilation& compilation) {
    const Node* resync = child(route, "resync");
    if (resync == nullptr) return std::nullopt;
    gateway::Resync rule;
    rule.prefer = prefer_of(route);
    rule.removes_missing = removes_missing(*resync);
    if (const Node* newest_by = child(route, "newest_by")) {
        auto text = gateway::Template::parse(newest_by->text(), scope_of(source, compilation));
        if (text.has_error()) {
            compilation.report("HG202", *newest_by, text.error());
        } else {
            rule.newest_by = *std::move(text);
        }
    }
    return rule;
}

}  // namespace mappings
