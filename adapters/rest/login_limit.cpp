#include "adapters/rest/login_limit.hpp"

namespace rest {

bool LoginLimit::allows(std::string_view address, gateway::TimePoint now) {
    const auto found = failures_.find(address);
    if (found == failures_.end()) return true;
    if (now - found->second.since >= window) {
        failures_.erase(found);
        return true;
    }
    return found->second.count < max_failures;
}

void LoginLimit::failed(std::string_view address, gateway::TimePoint now) {
    if (failures_.size() >= max_addresses)
        std::erase_if(failures_, [&](const auto& entry) { return now - entry.second.since >= window; });
    if (failures_.size() >= max_addresses) return;
    auto& failures = failures_.try_emplace(std::string{address}, Failures{0, now}).first->second;
    if (now - failures.since >= window) failures = {0, now};
    ++failures.count;
}

}  // namespace rest
