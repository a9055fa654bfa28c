#include "gateway/documents/route_facts.hpp"

#include <algorithm>
#include <filesystem>

namespace gateway::documents {
const Target* answering_target(const Route& route) {
    const std::string& wanted = route.respond ? route.respond->from : std::string{};
    const auto found = std::ranges::find_if(route.targets, [&](const Target& target) {
        return target.answers() && (wanted.empty() || target.name == wanted);
    });
    return found == route.targets.end() ? nullptr : &*found;
}

const CallSource* own_method(const RoutingTable& table, const CallTarget& target) {
    if (!target.method.constant()) return nullptr;
    for (const Route& route : table.routes()) {
        const auto* method = std::get_if<CallSource>(&route.source);
        if (method != nullptr && method->component + '/' + method->method == target.method.text())
            return method;
    }
    return nullptr;
}

Json answer_schema(const RoutingTable& table, const Route& route) {
    if (const auto* method = std::get_if<CallSource>(&route.source); method && !method->returns.empty())
        return result_schema(*method);
    if (route.respond && route.respond->body) return schema_of(*route.respond->body);
    const Target* target = answering_target(route);
    if (target == nullptr) return Json::object();
    if (const auto* answer = std::get_if<AnswerTarget>(&target->rule)) return schema_of(answer->value);
    const auto* call = std::get_if<CallTarget>(&target->rule);
    const CallSource* own = call == nullptr ? nullptr : own_method(table, *call);
    return own == nullptr ? Json::object() : result_schema(*own);
}

std::string file_of(const Route& route) {
    return std::filesystem::path{route.place.substr(0, route.place.rfind(':'))}.stem().string();
}

}  // namespace gateway::documents
