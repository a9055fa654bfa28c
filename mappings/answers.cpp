#include "mappings/answers.hpp"

#include <algorithm>
#include <array>

#include "gateway/expression/suggestion.hpp"
#include "mappings/header_names.hpp"
#include "mappings/streams.hpp"
#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Node;
using gateway::Route;
using gateway::Scope;
using gateway::Target;

/// Of the connection that an answer goes over (RFC 9110 section 7.6.1), or of the answer as it is sent.
constexpr std::array<std::string_view, 7> own_headers{
    "connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade"};
constexpr std::array<int, 3> bodiless_statuses{204, 205, 304};  // RFC 9110 sections 6.4.1 and 15.3.6

std::optional<int> small_integer(const Node& node, std::string_view key) {
    const auto number = integer_of(node, key);
    return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

/// `node`: a respond, or an entry of errors.
void check_headers(const Node& node, const Compilation& compilation) {
    const Node* headers = child(node, "headers");
    if (headers == nullptr) return;
    for (const auto& header : headers->members())
        check_header_name(header.key, own_headers, header.place, compilation);
}

void check_body(const Node& node, const Route& route, const Compilation& compilation) {
    const auto status = small_integer(node, "status");
    const auto* body = node.find("body");
    const bool has_one = body != nullptr && !body->value.is_null();
    if (!status || !has_one || !std::holds_alternative<gateway::HttpSource>(route.source)) return;
    if (std::ranges::find(bodiless_statuses, *status) != bodiless_statuses.end())
        compilation.error(
            "HG414", body->place, "an answer of status " + std::to_string(*status) + " has no body");
}

bool is_answered_by_a_remove(const Route& route, const std::string& from) {
    const auto answering = std::ranges::find_if(route.targets, [&](const Target& target) {
        return target.answers() && (from.empty() || target.name == from);
    });
    if (answering == route.targets.end()) return false;
    const auto* happn = std::get_if<gateway::HappnTarget>(&answering->rule);
    return happn != nullptr && happn->verb == gateway::HappnTarget::Verb::remove;
}

gateway::Respond compile_respond(const Node& node,
                                 const Scope& scope,
                                 const Route& route,
                                 const Compilation& compilation) {
    Scope body_scope = scope;
    add_item_captures(body_scope, route);
    gateway::Respond respond;
    respond.from = text_of(node, "from");
    respond.status = small_integer(node, "status");
    respond.headers = templates_of(node, "headers", scope, compilation);
    respond.user = templates_of(node, "user", scope, compilation);
    respond.body = value_of(node, "body", body_scope, compilation);
    respond.missing = small_integer(node, "missing");
    respond.none_removed_is_missing = is_answered_by_a_remove(route, respond.from);
    respond.etag = child(node, "etag") != nullptr;
    return respond;
}

gateway::ErrorRule compile_error(const Node& node, const Scope& scope, const Compilation& compilation) {
    gateway::ErrorRule rule;
    if (const auto* name = child(node, "name")) rule.name = name->text();
    rule.code = small_integer(node, "code");
    rule.status = small_integer(node, "status");
    rule.headers = templates_of(node, "headers", scope, compilation);
    rule.user = templates_of(node, "user", scope, compilation);
    rule.body = value_of(node, "body", scope, compilation);
    return rule;
}

/// HG507: behind an entry that fits whatever comes.
void check_reach(const Node& errors, const Compilation& compilation) {
    bool decided = false;
    for (const auto& entry : errors.items()) {
        if (decided)
            compilation.findings.warning("HG507",
                                         entry.place(),
                                         "this entry is never reached: the one before it has no condition",
                                         "put the entry without 'name' and 'code' last");
        decided = decided || (child(entry, "name") == nullptr && child(entry, "code") == nullptr);
    }
}

void check_from(const Node& respond, const Route& route, const Compilation& compilation) {
    const Node* from = child(respond, "from");
    if (from == nullptr) return;
    const auto named = std::ranges::find(route.targets, from->text(), &Target::name);
    if (named == route.targets.end()) {
        std::vector<std::string> names;
        for (const auto& target : route.targets) {
            if (!target.name.empty()) names.push_back(target.name);
        }
        compilation.error("HG207",
                          from->place(),
                          "no target has the name '" + from->text() + "'",
                          gateway::did_you_mean(from->text(), names));
    } else if (!named->answers()) {
        compilation.error("HG207", from->place(), "the target '" + from->text() + "' gives no answer");
    }
}

bool reads_stored(const Target& target) {
    const auto* happn = std::get_if<gateway::HappnTarget>(&target.rule);
    return happn != nullptr && happn->verb == gateway::HappnTarget::Verb::get;
}

/// Only what is read has times, and only HTTP has tags.
void check_etag(const Node& respond, const Route& route, const Compilation& compilation) {
    const auto* etag = respond.find("etag");
    if (etag == nullptr) return;
    if (!std::holds_alternative<gateway::HttpSource>(route.source) ||
        std::ranges::none_of(route.targets, reads_stored))
        compilation.error(
            "HG414",
            etag->place,
            "'etag: modified' needs an http source and a target that reads: happn: \"get ...\"");
}

/// Does anything in this tree of templates read {answer} or {answers}? Only for a message: compiling finds
/// it, too.
bool reads_answer(const Node& node) {
    if (node.is_scalar()) return node.text().find("{answer") != std::string::npos;
    return std::ranges::any_of(node.items(), reads_answer) ||
           std::ranges::any_of(node.members(), [](const auto& member) { return reads_answer(member.value); });
}

/// A source that waits must get something: an answer, or at least a status (HTTP) or body that `respond`
/// makes up.
bool is_answered(const Node& node, const Route& route) {
    if (std::ranges::any_of(route.targets, &Target::answers)) return true;
    const Node* respond = child(node, "respond");
    if (respond == nullptr || reads_answer(*respond)) return false;
    const bool is_http = std::holds_alternative<gateway::HttpSource>(route.source);
    return child(*respond, "status") != nullptr || (!is_http && child(*respond, "body") != nullptr);
}

}  // namespace

void compile_answers(const Node& node, const Scope& scope, Route& route, const Compilation& compilation) {
    const Node* respond = child(node, "respond");
    const Node* errors = child(node, "errors");
    if (std::holds_alternative<gateway::HappnSource>(route.source)) {
        for (const auto* key : {"respond", "errors"}) {
            if (const auto* member = node.find(key))
                compilation.error("HG414", member->place, "a happn source waits for no answer");
        }
        return;
    }
    if (route.waits() && !route.targets.empty() && !is_answered(node, route)) {
        compilation.error(
            "HG411",
            known_child(node, "to").place(),
            "the source waits for an answer, and no target gives one",
            "give an mqtt target 'reply:', add an 'answer:', or set 'respond: { status: 202 }'");
        return;
    }
    Scope with_answer = scope;
    with_answer.answer = true;
    if (respond != nullptr) {
        check_from(*respond, route, compilation);
        check_etag(*respond, route, compilation);
        check_headers(*respond, compilation);
        check_body(*respond, route, compilation);
        route.respond = compile_respond(*respond, with_answer, route, compilation);
    }
    Scope with_error = scope;
    with_error.error = true;
    if (errors == nullptr) return;
    check_reach(*errors, compilation);
    for (const auto& entry : errors->items()) {
        check_headers(entry, compilation);
        check_body(entry, route, compilation);
        route.errors.push_back(compile_error(entry, with_error, compilation));
    }
}

}  // namespace mappings
