#include "mappings/test_judgement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/arguments.hpp"
#include "gateway/json.hpp"

namespace mappings {
namespace {

using Json = nlohmann::json;
using gateway::Payload;

/// As text if it is text, else as hexadecimal.
std::string shown(std::string_view bytes) {
    if (gateway::json::valid_utf8(bytes)) return std::string{bytes};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "0x";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string shown(const SeenOutput& output) {
    std::string text = output.kind + " " + output.address;
    if (!output.payload.bytes.empty()) text += " " + shown(output.payload.bytes.view());
    return text + " (route " + output.route + ", as " + output.as + ")";
}

std::string shown(const Expectation& expected) {
    std::string text = expected.kind + " " + expected.address;
    if (expected.json) text += " " + *expected.json;
    if (expected.bytes) text += " " + shown(*expected.bytes);
    if (expected.args) text += " " + *expected.args;
    return text;
}

/// Where `seen` lacks what `expected` asks for: objects at least so, all else exactly so. Empty: nowhere.
std::string json_difference(const Json& expected, const Json& seen, const std::string& path) {
    const auto differs = [&] {
        return "at " + (path.empty() ? "." : path) + ": - " + expected.dump() + " + " + seen.dump();
    };
    if (expected.is_object()) {
        if (!seen.is_object()) return differs();
        for (const auto& [key, value] : expected.items()) {
            const auto found = seen.find(key);
            if (found == seen.end()) return "at " + path + "." + key + ": - " + value.dump() + " + nothing";
            if (auto inner = json_difference(value, *found, path + "." + key); !inner.empty()) return inner;
        }
        return {};
    }
    if (expected.is_array() && seen.is_array() && expected.size() == seen.size()) {
        for (std::size_t i = 0; i < expected.size(); ++i) {
            auto inner = json_difference(expected[i], seen[i], path + "[" + std::to_string(i) + "]");
            if (!inner.empty()) return inner;
        }
        return {};
    }
    return expected == seen ? std::string{} : differs();
}

std::string json_difference(const std::string& expected, std::string_view seen) {
    const auto parsed = Json::parse(seen, nullptr, false);
    if (parsed.is_discarded()) return "- JSON " + expected + " + " + (seen.empty() ? "nothing" : shown(seen));
    return json_difference(Json::parse(expected, nullptr, false), parsed, "");
}

/// A payload as JSON, whatever the transport made of it.
std::string as_json(const Payload& payload) {
    if (payload.bytes.empty() && payload.encoding != gateway::Encoding::text) return "null";
    if (payload.encoding == gateway::Encoding::text) return gateway::json::quoted(payload.bytes.view());
    return payload.bytes.str();
}

std::vector<gateway::NameValue> with_lower_names(std::vector<gateway::NameValue> headers) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    for (auto& header : headers)
        std::ranges::transform(header.first, header.first.begin(), lower);
    return headers;
}

class Judgement {
public:
    Judgement(const TestCase& test, const Seen& seen) : test_{test}, seen_{seen} {}

    std::string lines() {
        judge_outputs();
        for (const auto& expected : test_.expectations) {
            if (!expected.is_output()) judge_answer(expected);
        }
        for (const auto& mock : seen_.unused_mocks)
            line("the mock '" + mock + "' was not asked: no output has this kind and address");
        if (!lines_.empty()) add_notes();
        return std::move(lines_);
    }

private:
    void line(const std::string& text) { lines_ += "  " + text + "\n"; }

    template <typename T>
    void compare(std::string_view what, const std::optional<T>& expected, const T& seen) {
        if (!expected || *expected == seen) return;
        if constexpr (std::is_same_v<T, std::string>) {
            line(std::string{what} + ": - " + *expected + " + " + seen);
        } else {
            line(std::string{what} + ": - " + std::to_string(*expected) + " + " + std::to_string(seen));
        }
    }

    void compare_json(std::string_view what,
                      const std::optional<std::string>& expected,
                      std::string_view seen) {
        if (!expected) return;
        const auto difference = json_difference(*expected, seen);
        if (!difference.empty()) line(std::string{what} + " " + difference);
    }

    void compare_pairs(std::string_view what,
                       const std::vector<gateway::NameValue>& expected,
                       const std::vector<gateway::NameValue>& seen) {
        for (const auto& pair : expected) {
            if (std::ranges::find(seen, pair) == seen.end())
                line(std::string{what} + ": - " + pair.first + ": " + pair.second);
        }
    }

    // --- outputs ---

    void judge_outputs() {
        std::vector<const Expectation*> expected;
        for (const auto& expectation : test_.expectations) {
            if (expectation.is_output()) expected.push_back(&expectation);
        }
        if (!test_.exact && expected.empty()) return;
        const auto common = std::min(expected.size(), seen_.outputs.size());
        for (std::size_t i = 0; i < common; ++i)
            judge_output(*expected[i], seen_.outputs[i], i);
        for (std::size_t i = common; i < expected.size(); ++i)
            line("- " + shown(*expected[i]));
        for (std::size_t i = common; i < seen_.outputs.size(); ++i)
            line("+ " + shown(seen_.outputs[i]));
    }

    void judge_output(const Expectation& expected, const SeenOutput& seen, std::size_t index) {
        if (expected.kind != seen.kind || expected.address != seen.address) {
            line("- " + shown(expected));
            line("+ " + shown(seen));
            return;
        }
        const std::string what =
            "output " + std::to_string(index + 1) + " (" + seen.kind + " " + seen.address + ") ";
        compare(what + "route", expected.route, seen.route);
        compare(what + "connection", expected.connection, seen.connection);
        compare(what + "as", expected.as, seen.as);
        compare(what + "qos", expected.qos, seen.qos);
        compare(what + "retain", expected.retain, seen.retain);
        compare_pairs(what + "user", expected.user, seen.user);
        if (seen.kind.starts_with("http "))
            compare_pairs(what + "headers", expected.headers, with_lower_names(seen.headers));
        compare_json(what + "json", expected.json, as_json(seen.payload));
        if (expected.bytes && *expected.bytes != seen.payload.bytes.view())
            line(what + "payload: - " + shown(*expected.bytes) + " + " + shown(seen.payload.bytes.view()));
        if (expected.args) judge_arguments(what, *expected.args, seen.payload.bytes.view());
    }

    void judge_arguments(const std::string& what, const std::string& expected, std::string_view seen) {
        if (gateway::is_array(expected))
            return compare_json(what + "args", {expected}, gateway::as_argument_list(seen));
        const auto only = gateway::is_array(seen) ? gateway::json::element(seen, 0) : std::nullopt;
        compare_json(what + "args", {expected}, only.value_or(seen));
    }

    // --- the answer ---

    void judge_answer(const Expectation& expected) {
        if (expected.refused) judge_fate("refused", *expected.refused);
        if (expected.filtered) judge_fate("filtered", {});
        const bool wants_response = expected.status || expected.answer || expected.json || expected.bytes ||
                                    !expected.headers.empty() || wants_error(expected) ||
                                    !expected.user.empty();
        if (!wants_response) return;
        if (!seen_.response) return line("- an answer + none");
        const auto& response = *seen_.response;
        compare("status", expected.status, response.status);
        compare_pairs("headers", expected.headers, with_lower_names(response.headers));
        compare_pairs("user", expected.user, response.user);
        judge_error(expected);
        if (expected.answer && response.error)
            line("answer: - " + *expected.answer + " + error " + response.error->name);
        if (expected.answer && !response.error)
            compare_json("answer", expected.answer, as_json(response.body));
        compare_json("json", expected.json, as_json(response.body));
        if (expected.bytes && *expected.bytes != response.body.bytes.view())
            line("body: - " + shown(*expected.bytes) + " + " + shown(response.body.bytes.view()));
    }

    static bool wants_error(const Expectation& expected) {
        return expected.error_name || expected.error_code || expected.error_message;
    }

    void judge_error(const Expectation& expected) {
        if (!wants_error(expected)) return;
        const auto& error = seen_.response->error;
        if (!error) return line("- an error + an answer: " + shown(seen_.response->body.bytes.view()));
        compare("error name", expected.error_name, error->name);
        compare("error code", expected.error_code, error->code);
        compare("error message", expected.error_message, error->message);
    }

    void judge_fate(std::string_view fate, const std::string& reason) {
        const bool met = std::ranges::any_of(seen_.fates, [&](const SeenFate& seen) {
            return seen.fate == fate && (reason.empty() || seen.reason == reason);
        });
        if (!met) line("- " + std::string{fate} + (reason.empty() ? "" : ": " + reason));
    }

    /// What explains a difference: what became of the message, and the error it ended with.
    void add_notes() {
        if (seen_.matched.empty()) line("note: no route takes this message");
        for (const auto& fate : seen_.fates) {
            if (fate.fate == "delivered") continue;
            line("note: route " + fate.route + ": " + fate.fate +
                 (fate.reason.empty() ? "" : " (" + fate.reason + ")"));
        }
        if (seen_.response && seen_.response->error)
            line("note: the answer is the error " + seen_.response->error->name + ": " +
                 seen_.response->error->message);
    }

    const TestCase& test_;
    const Seen& seen_;
    std::string lines_;
};

}  // namespace

std::string difference(const TestCase& test, const Seen& seen) {
    return Judgement{test, seen}.lines();
}

}  // namespace mappings
