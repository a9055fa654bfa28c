// Sinks that remember what they were handed and answer when the test says so.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/dispatcher.hpp"

namespace gateway {

class RecordingSink final : public Sink {
public:
    void deliver(DeliveryId id, Output output) override { delivered.emplace_back(id, std::move(output)); }
    void forget(DeliveryId id) override { forgotten.push_back(id); }
    std::optional<StreamItem> next_stored(DeliveryId) override {
        if (stored.empty()) return std::nullopt;
        StreamItem next = std::move(stored.front());
        stored.pop_front();
        return next;
    }

    std::vector<std::pair<DeliveryId, Output>> delivered;
    std::vector<DeliveryId> forgotten;
    std::deque<StreamItem> stored;
};

class RecordingSinks final : public SinkDirectory {
public:
    Sink* broker(std::string_view name) override { return name == "local" ? &local : nullptr; }
    Sink* mesh(std::string_view name) override { return name == "node" ? &node : nullptr; }

    RecordingSink local;
    RecordingSink node;
};

}  // namespace gateway
