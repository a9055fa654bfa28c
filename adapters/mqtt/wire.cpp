#include "adapters/mqtt/wire.hpp"

namespace gateway::mqtt {
namespace {

std::size_t size_of(const std::vector<NameValue>& user) {
    std::size_t sum = 0;
    for (const auto& [name, value] : user)
        sum += name.size() + value.size();
    return sum;
}

}  // namespace

std::size_t Publication::bytes() const {
    return topic.size() + payload.size() + content_type.size() + response_topic.size() +
           correlation_data.size() + size_of(user);
}

std::size_t Arrival::bytes() const {
    return topic.size() + payload.size() + content_type.size() + response_topic.size() +
           correlation_data.size() + size_of(user);
}

}  // namespace gateway::mqtt
