// Sinks that remember what they were handed and answer when the test says so.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/dispatcher.hpp"

namespace gateway {

class RecordingSink final : public Sink {
public:
    void deliver(DeliveryId id, Output output) override { delivered.emplace_back(id, std::move(output)); }
    void forget(DeliveryId id) override { forgotten.push_back(id); }

    std::vector<std::pair<DeliveryId, Output>> delivered;
    std::vector<DeliveryId> forgotten;
};

class RecordingSinks final : public SinkDirectory {
public:
    Sink* broker(std::string_view name) override { return name == "local" ? &local : nullptr; }
    Sink* mesh(std::string_view name) override { return name == "node" ? &node : nullptr; }

    RecordingSink local;
    RecordingSink node;
};

}  // namespace gateway
