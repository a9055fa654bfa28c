#include "gateway/output_builder.hpp"

#include <algorithm>
#include <utility>

#include "gateway/arguments.hpp"
#include "gateway/expression/criteria_map.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace gateway {
namespace {

/// The first refusal met while filling an output in; later steps are skipped.
class Filling {
public:
    explicit Filling(const Evaluation& evaluation) : evaluation_{evaluation} {}

    void address(std::string& into, const auto& from) {
        if (refused_) return;
        auto expanded = from.expand(evaluation_);
        if (expanded.has_error()) {
            refused_ = expanded.error();
        } else {
            into = *std::move(expanded);
        }
    }

    void pattern(std::shared_ptr<const AddressPattern>& into, const AddressTemplate& from) {
        if (refused_) return;
        auto expanded = from.expand_pattern(evaluation_);
        if (expanded.has_error()) {
            refused_ = expanded.error();
        } else {
            into = std::make_shared<const AddressPattern>(*std::move(expanded));
        }
    }

    Value value(const ObjectMap& from) { return keep(from.render(evaluation_)); }
    Value criteria(const ObjectMap& from) { return keep(render_criteria(from, evaluation_)); }
    Value value(const Template& from) { return keep(from.evaluate(evaluation_)); }
    Value value(const Count& from) { return keep(from.evaluate(evaluation_)); }

    void json(std::string& into, const std::optional<ObjectMap>& from) {
        if (from) into = value(*from).json().str();
    }

    void texts(std::vector<NameValue>& into, const std::vector<std::pair<std::string, Template>>& from) {
        for (const auto& [name, text] : from) {
            const Value found = value(text);
            if (!found.absent()) into.emplace_back(name, found.to_text());
        }
    }

    void refuse(Refusal reason, std::string detail) {
        if (!refused_) refused_ = Refused{reason, std::move(detail)};
    }

    const Evaluation& evaluation() const { return evaluation_; }
    const std::optional<Refused>& refused() const { return refused_; }

private:
    Value keep(Expanded<Value> value) {
        if (refused_) return {};
        if (value.has_error()) {
            refused_ = value.error();
            return {};
        }
        return *std::move(value);
    }

    Evaluation evaluation_;
    std::optional<Refused> refused_;
};

Payload json_payload(Bytes text) {
    return Payload{std::move(text), Encoding::json, "application/json"};
}

/// How a reader of Server-Sent Events says what it has got (HTML, section 9.2.4 "Last-Event-ID").
std::string last_event_id(const HttpProperties& request) {
    const auto found = std::ranges::find(request.headers, "last-event-id", &NameValue::first);
    return found == request.headers.end() ? std::string{} : found->second;
}

/// What goes out is not the message's payload.
bool replaces_payload(const TargetRule& rule) {
    const auto* call = std::get_if<CallTarget>(&rule);
    return std::holds_alternative<AnswerTarget>(rule) || std::holds_alternative<StreamTarget>(rule) ||
           (call != nullptr && call->args);
}

/// Arguments are JSON, whatever they came as.
Encode encode_of(const Target& target) {
    const bool calls = std::holds_alternative<CallTarget>(target.rule);
    return calls && target.encode == Encode::as_is ? Encode::json : target.encode;
}

void fill_body(Filling& fill, Output& output, const Target& target) {
    if (target.body) {
        const Value body = fill.value(*target.body);
        if (body.absent()) {
            fill.refuse(Refusal::absent, no_value("body", target.body->why_absent(fill.evaluation())));
        } else {
            output.payload = json_payload(body.json());
        }
    } else if (fill.evaluation().out != nullptr) {
        output.payload = *fill.evaluation().out;
    }
    if (replaces_payload(target.rule)) return;
    auto encoded = encode(std::move(output.payload), encode_of(target));
    if (encoded.has_error()) return fill.refuse(Refusal::encode, encoded.error().message);
    output.payload = *std::move(encoded);
}

void fill_rule(Filling& fill, Output& output, const MqttTarget& rule) {
    fill.address(output.address, rule.topic);
    fill.texts(output.user, rule.user);
    if (rule.content_type) output.content_type = fill.value(*rule.content_type).to_text();
    if (rule.reply && rule.reply->topic) fill.address(output.reply_topic, *rule.reply->topic);
}

void add_option(std::string& options, std::string_view name, std::string_view json) {
    options += options.empty() ? "{" : ",";
    json::append_quoted(options, name);
    options += ':';
    options += json;
}

void fill_get_options(Filling& fill, Output& output, const HappnTarget& rule) {
    const auto add = [&output](std::string_view name, const Value& value) {
        if (!value.absent()) add_option(output.options, name, value.json().view());
    };
    if (rule.criteria) add("criteria", fill.criteria(*rule.criteria));
    if (rule.fields) add("fields", fill.value(*rule.fields));
    if (rule.sort) add("sort", fill.value(*rule.sort));
    if (rule.limit) add("limit", fill.value(*rule.limit));
    if (rule.skip) add("skip", fill.value(*rule.skip));
    if (!output.options.empty()) output.options += '}';
}

void fill_rule(Filling& fill, Output& output, const HappnTarget& rule) {
    fill.address(output.address, rule.path);
    fill.json(output.meta, rule.meta);
    if (rule.verb == HappnTarget::Verb::get) fill_get_options(fill, output, rule);
}

bool allowed(const std::vector<AddressPattern>& allow, const std::string& method) {
    return std::ranges::any_of(
        allow, [&](const AddressPattern& pattern) { return pattern.match(method).has_value(); });
}

void fill_rule(Filling& fill, Output& output, const CallTarget& rule) {
    fill.address(output.address, rule.method);
    if (fill.refused()) return;
    if (output.address.starts_with("security/"))
        fill.refuse(Refusal::reserved, "the security component is never called");
    if (!rule.allow.empty() && !allowed(rule.allow, output.address))
        fill.refuse(Refusal::allow, output.address + " is not in the route's allow list");
    if (rule.args) output.payload = json_payload(fill.value(*rule.args).json());
}

void fill_rule(Filling& fill, Output& output, const StreamTarget& rule) {
    fill.pattern(output.pattern, rule.address());
    if (output.pattern) output.address = output.pattern->text();
    const auto* http = std::get_if<HttpProperties>(&fill.evaluation().message->properties);
    if (http != nullptr) output.resume_after = last_event_id(*http);
}

void fill_rule(Filling& fill, Output& output, const AnswerTarget& rule) {
    const Value value = fill.value(rule.value);
    output.payload = json_payload(value.absent() ? Bytes::literal("null") : value.json());
}

/// Nobody must become the gateway's own user because a name was missing.
void fill_identity(Filling& fill, Output& output, const Template& as_user) {
    const Value user = fill.value(as_user);
    if (!user.absent()) output.on_behalf_of = user.to_text();
    if (!output.on_behalf_of.empty()) return;
    const std::string why = as_user.why_absent(fill.evaluation());
    fill.refuse(Refusal::absent, why.empty() ? "'as' names nobody" : "'as' names nobody: " + why);
}

/// RFC 9110 section 5.5: a line end in a value would begin a header of its own.
bool fits_header(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void fill_rule(Filling& fill, Output& output, const HttpTarget& rule) {
    fill.address(output.address, rule.url);
    fill.texts(output.headers, rule.headers);
    for (const auto& [name, value] : output.headers) {
        if (!fits_header(value))
            fill.refuse(Refusal::encode, "the header " + name + " cannot hold a line end");
    }
    if (!rule.sends_body) output.payload = {};
}

}  // namespace

Expanded<Output> build_output(const Target& target, const Evaluation& evaluation, Action action) {
    Filling fill{evaluation};
    Output output;
    output.target = &target;
    output.action = action;
    output.call_id = evaluation.call_id;
    if (action == Action::set) fill_body(fill, output, target);
    std::visit([&](const auto& rule) { fill_rule(fill, output, rule); }, target.rule);
    if (target.as_user) fill_identity(fill, output, *target.as_user);
    if (fill.refused()) return *fill.refused();
    return output;
}

}  // namespace gateway
