#include "mappings/test_check.hpp"

#include <algorithm>
#include <array>

#include "mappings/values.hpp"

namespace mappings {
namespace {

using config::Findings;
using config::Node;

constexpr std::array<std::string_view, 5> send_keys{"mqtt", "happn", "http", "call", "event"};
constexpr std::array<std::string_view, 5> output_keys{"mqtt", "happn", "call", "http", "stream"};
constexpr std::array<std::string_view, 7> about_outputs{
    "route", "broker", "mesh", "as", "qos", "retain", "args"};
constexpr std::array<std::string_view, 6> about_answers{
    "status", "headers", "answer", "error", "refused", "filtered"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
    return std::ranges::find(keys, key) != keys.end();
}

const Node::Member* output_of(const Node& expectation) {
    const auto& members = expectation.members();
    const auto found = std::ranges::find_if(
        members, [](const Node::Member& member) { return is_one_of(member.key, output_keys); });
    return found == members.end() ? nullptr : &*found;
}

std::string quoted(std::string_view key) {
    return "'" + std::string{key} + "'";
}

/// Holds for whatever is answered, and for no answer.
bool asks_for_nothing(const Node::Member& member) {
    const bool of_names = member.key == "error" || member.key == "headers" || member.key == "user";
    if (of_names) return member.value.is_null() || (member.value.is_map() && member.value.members().empty());
    return member.key == "filtered" && member.value.as_bool() == false;
}

/// A stream of publications is "on <path>", one of topics a filter.
bool is_of_a_broker(const Node::Member& output) {
    if (output.key == "stream") return !output.value.text().starts_with("on ");
    return output.key == "mqtt";
}

void check_about_output(const Node& expectation, const Node::Member& output, Findings& findings) {
    const std::string_view other_connection = is_of_a_broker(output) ? "mesh" : "broker";
    for (const auto& member : expectation.members()) {
        if (output.key == "http" && member.key == "headers") continue;  // requests have them, too
        if (is_one_of(member.key, about_answers)) {
            findings.error(
                "HG414",
                member.place,
                quoted(member.key) + " is about the answer, " + quoted(output.key) + " about what is sent",
                "give " + quoted(member.key) + " an entry of its own: expect: [{ " + output.key +
                    ": ... }, { " + member.key + ": ... }]");
        } else if (member.key == other_connection) {
            findings.error("HG414",
                           member.place,
                           quoted(member.key) + " and " + quoted(output.key) + " exclude each other");
        }
    }
}

void check_about_answer(const Node& expectation, Findings& findings) {
    for (const auto& member : expectation.members()) {
        if (is_one_of(member.key, about_outputs)) {
            findings.error("HG408",
                           member.place,
                           quoted(member.key) +
                               " is about what is sent: the expectation needs the key mqtt, "
                               "happn, call, http or stream");
        } else if (member.key == "filtered" && asks_for_nothing(member)) {
            findings.error("HG409",
                           member.value.place(),
                           "'filtered' must be true: a message that is not filtered has other traces",
                           "say what is sent or answered");
        } else if (member.key == "error" && asks_for_nothing(member)) {
            findings.error("HG408", member.value.place(), "'error' needs the key name, code or message");
        }
    }
}

void check_expectation(const Node& expectation, Findings& findings) {
    if (!expectation.is_map()) return;
    if (const auto* output = output_of(expectation))
        return check_about_output(expectation, *output, findings);
    check_about_answer(expectation, findings);
    const auto has_own_finding = [](const Node::Member& member) {
        return member.key == "filtered" || member.key == "error";
    };
    const auto& members = expectation.members();
    if (std::ranges::any_of(members, has_own_finding) || !std::ranges::all_of(members, asks_for_nothing))
        return;
    findings.error("HG408",
                   expectation.place(),
                   "an expectation says what is sent or answered",
                   "for nothing: expect: []");
}

void check_send(const Node& send, Findings& findings) {
    const auto has_source = [&](std::string_view key) { return send.find(key) != nullptr; };
    if (send.is_map() && std::ranges::none_of(send_keys, has_source))
        findings.error("HG408", send.place(), "a test sends one of mqtt, happn, http or call");
}

}  // namespace

void check_test(const Node& test, Findings& findings) {
    if (const auto* send = child(test, "send")) check_send(*send, findings);
    const auto* expect = child(test, "expect");
    if (expect == nullptr) return;
    check_expectation(*expect, findings);
    for (const auto& item : expect->items())
        check_expectation(item, findings);
}

}  // namespace mappings
