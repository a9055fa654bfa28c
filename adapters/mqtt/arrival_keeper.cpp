#include "adapters/mqtt/arrival_keeper.hpp"

#include <utility>

#include "adapters/mqtt/translate.hpp"

namespace gateway::mqtt {

ArrivalKeeper::ArrivalKeeper(spool::SpoolFile* file, std::string broker)
    : file_{file}, broker_{std::move(broker)} {}

void ArrivalKeeper::apply(std::shared_ptr<const RoutingTable> table) {
    if (file_ == nullptr) return;
    auto wanted = std::make_shared<Wanted>();
    for (const Route& route : table->routes()) {
        const auto* source = std::get_if<MqttSource>(&route.source);
        if (route.guarantee && source != nullptr && source->broker == broker_)
            wanted->topics.add(source->topic, &source->topic);
    }
    wanted->table = std::move(table);
    const std::lock_guard lock{mutex_};
    wanted_ = std::move(wanted);
}

std::shared_ptr<const ArrivalKeeper::Wanted> ArrivalKeeper::wanted() const {
    const std::lock_guard lock{mutex_};
    return wanted_;
}

bool ArrivalKeeper::wants(const std::string& topic) const {
    const auto wanted = this->wanted();
    bool found = false;
    if (wanted) {
        wanted->topics.candidates(topic, [&](const AddressPattern* pattern) {
            found = found || pattern->match(topic).has_value();
        });
    }
    return found;
}

std::int64_t ArrivalKeeper::keep(const Arrival& arrival) {
    if (file_ == nullptr || !wants(arrival.topic)) return 0;
    const auto id = file_->keep(to_message(arrival, broker_), wall_now());
    return id.has_error() ? 0 : *id;
}

/// What cannot be forgotten is delivered twice.
void ArrivalKeeper::forget(std::int64_t id) {
    if (id != 0) static_cast<void>(file_->route(id, {}));
}

bool ArrivalKeeper::nearly_full() const {
    return file_ != nullptr && file_->nearly_full();
}

}  // namespace gateway::mqtt
