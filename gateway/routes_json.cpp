#include "gateway/routes_json.hpp"

#include "gateway/json.hpp"

namespace gateway {
namespace {

struct SourceText {
    std::string operator()(const MqttSource& source) const {
        return "mqtt[" + source.broker + "] " + source.topic.text();
    }
    std::string operator()(const HappnSource& source) const {
        return "happn[" + source.mesh + "] on " + source.path.text();
    }
    std::string operator()(const HttpSource& source) const {
        return "http " + source.method + ' ' + source.path.text();
    }
    std::string operator()(const CallSource& source) const {
        return "call " + source.component + '/' + source.method;
    }
};

struct TargetText {
    std::string operator()(const MqttTarget& target) const {
        std::string text = "mqtt[" + target.broker + "] " + target.topic.text();
        if (target.qos > 0) text += " qos " + std::to_string(target.qos);
        if (target.retain) text += " retain";
        if (target.reply) text += " and its reply";
        return text;
    }
    std::string operator()(const HappnTarget& target) const {
        static constexpr const char* verbs[] = {"set", "get", "remove"};
        return "happn[" + target.mesh + "] " + verbs[static_cast<std::size_t>(target.verb)] + ' ' +
               target.path.text();
    }
    std::string operator()(const CallTarget& target) const {
        return "call[" + target.mesh + "] " + target.method.text();
    }
    std::string operator()(const AnswerTarget&) const { return "answer"; }
    std::string operator()(const StreamTarget& target) const {
        if (const auto* mqtt = std::get_if<MqttStream>(&target.from)) {
            const std::string text = "stream mqtt[" + mqtt->broker + "] " + mqtt->filter.text();
            return mqtt->qos > 0 ? text + " qos " + std::to_string(mqtt->qos) : text;
        }
        const auto& happn = std::get<HappnStream>(target.from);
        return "stream[" + happn.mesh + "] on " + happn.path.text();
    }
    std::string operator()(const HttpTarget& target) const {
        return "http " + target.method + ' ' + target.url.shown();
    }
};

void append_member(std::string& out, std::string_view name, std::string_view value) {
    json::append_quoted(out, name);
    out += ':';
    json::append_quoted(out, value);
}

}  // namespace

std::string source_text(const SourceRule& source) {
    return std::visit(SourceText{}, source);
}
std::string target_text(const TargetRule& target) {
    return std::visit(TargetText{}, target);
}

std::string routes_json(const RoutingTable& table) {
    std::string out = "[";
    for (const Route& route : table.routes()) {
        out += out.size() > 1 ? ",{" : "{";
        append_member(out, "name", route.name);
        out += ',';
        append_member(out, "from", source_text(route.source));
        out += ",\"to\":[";
        for (const Target& target : route.targets) {
            if (&target != &route.targets.front()) out += ',';
            json::append_quoted(out, target_text(target.rule));
        }
        out += "],";
        append_member(out, "place", route.place);
        out += ',';
        append_member(out, "description", route.description);
        out += '}';
    }
    return out + ']';
}

}  // namespace gateway
