// The paho library behind the Wire interface: one client for the life of the adapter, no reconnecting of its
// own, no waiting anywhere. Calls come from the egress worker; events go out on paho's threads, under the
// mutex that all its clients share.
#pragma once

#include <memory>

#include "adapters/mqtt/wire.hpp"

namespace gateway::mqtt {

class PahoClient final : public Wire {
public:
    explicit PahoClient(WireEvents& events);
    ~PahoClient() override;

    void connect(const ConnectRequest& request) override;
    void disconnect() override;
    void subscribe(const SubscribeRequest& request) override;
    void unsubscribe(const UnsubscribeRequest& request) override;
    void publish(const Publication& publication) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gateway::mqtt
