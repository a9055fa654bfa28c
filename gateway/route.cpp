#include "gateway/route.hpp"

namespace gateway {

const AddressTemplate& StreamTarget::address() const {
    const auto* mqtt = std::get_if<MqttStream>(&from);
    return mqtt != nullptr ? mqtt->filter : std::get<HappnStream>(from).path;
}

bool Target::answers() const {
    if (const auto* mqtt = std::get_if<MqttTarget>(&rule)) return mqtt->reply.has_value();
    return true;
}

bool Route::waits() const {
    return std::holds_alternative<HttpSource>(source) || std::holds_alternative<CallSource>(source);
}

bool Route::answers() const {
    if (respond) return true;
    for (const Target& target : targets) {
        const bool is_store = std::holds_alternative<HappnTarget>(target.rule) &&
                              std::get<HappnTarget>(target.rule).verb == HappnTarget::Verb::set;
        if (target.answers() && !is_store) return true;
    }
    return false;
}

}  // namespace gateway
