// An MQTT client for tests: what a device does. It keeps all that it receives until a test asks. Members may
// be called from any thread; handlers of answer() run on the client's receive thread and must not wait.
// Failed waits and refused requests throw WaitFailed. A second client in one process takes 1.6 to 2.1 seconds
// to connect (paho's shared receive thread): one probe can subscribe to all that a test looks at.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/patience.hpp"

namespace support {

struct MqttMessage {
    std::string topic = {};
    std::string payload = {};  // any bytes
    int qos = 0;
    bool retained = false;
    // MQTT 5 only:
    std::optional<std::string> response_topic = {};
    std::optional<std::string> correlation_data = {};  // any bytes
    std::optional<std::string> content_type = {};
    std::vector<std::pair<std::string, std::string>> user_properties = {};
};

/// What a device answers to a command (MQTT 5.0 section 4.10).
inline MqttMessage reply_to(const MqttMessage& command, std::string payload) {
    MqttMessage reply;
    reply.topic = command.response_topic.value();
    reply.payload = std::move(payload);
    reply.qos = 1;
    reply.correlation_data = command.correlation_data;
    return reply;
}

struct MqttProbeOptions {
    int version = 5;  // or 3, meaning 3.1.1
    std::string username = {};
    std::string password = {};
    std::string client_id = {};  // empty: a new one
    std::optional<MqttMessage> will = {};
};

class MqttProbe {
public:
    explicit MqttProbe(std::uint16_t port, const MqttProbeOptions& options = {});
    ~MqttProbe();
    MqttProbe(const MqttProbe&) = delete;
    MqttProbe& operator=(const MqttProbe&) = delete;

    /// Returns when the broker has granted it.
    void subscribe(const std::string& filter, int qos = 1);
    /// Returns when the broker has it: PUBACK, PUBCOMP, or written for QoS 0.
    void publish(const MqttMessage& message);

    /// Plays a device: subscribes, and publishes what `make_answer` gives for each message (nullopt:
    /// nothing).
    using AnswerMaker = std::function<std::optional<MqttMessage>(const MqttMessage&)>;
    void answer(const std::string& filter, AnswerMaker make_answer);

    /// The first message that matches and was not given yet.
    MqttMessage wait_message(const std::string& topic, std::chrono::milliseconds limit = patience);
    using Matcher = std::function<bool(const MqttMessage&)>;
    MqttMessage wait_message(const Matcher& matches, std::chrono::milliseconds limit = patience);
    /// All that arrived and was not given yet. "Nothing more came" is shown by waiting for a later message of
    /// the same way, then looking here.
    std::vector<MqttMessage> waiting() const;

    void disconnect();

private:
    struct Session;
    std::unique_ptr<Session> session_;
};

}  // namespace support
