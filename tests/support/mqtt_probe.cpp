#include "tests/support/mqtt_probe.hpp"

#include <mqtt/async_client.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>

namespace support {
namespace {

std::string new_client_id() {
    static std::random_device random;
    static std::atomic<int> count = 0;
    return "probe-" + std::to_string(random()) + "-" + std::to_string(++count);
}

std::string text_or_empty(const mqtt::properties& properties, mqtt::property::code code) {
    return mqtt::get<std::string>(properties, code);
}

MqttMessage from_paho(const mqtt::message& message) {
    using mqtt::property;
    MqttMessage result{.topic = message.get_topic(),
                       .payload = message.to_string(),
                       .qos = message.get_qos(),
                       .retained = message.is_retained()};
    const auto& properties = message.get_properties();
    if (properties.contains(property::RESPONSE_TOPIC)) {
        result.response_topic = text_or_empty(properties, property::RESPONSE_TOPIC);
    }
    if (properties.contains(property::CORRELATION_DATA)) {
        result.correlation_data = text_or_empty(properties, property::CORRELATION_DATA);
    }
    if (properties.contains(property::CONTENT_TYPE)) {
        result.content_type = text_or_empty(properties, property::CONTENT_TYPE);
    }
    for (std::size_t i = 0; i < properties.count(property::USER_PROPERTY); ++i) {
        const auto pair = mqtt::get<mqtt::string_pair>(properties, property::USER_PROPERTY, i);
        result.user_properties.emplace_back(std::get<0>(pair), std::get<1>(pair));
    }
    return result;
}

mqtt::message_ptr to_paho(const MqttMessage& message) {
    using mqtt::property;
    mqtt::properties properties;
    if (message.response_topic) properties.add({property::RESPONSE_TOPIC, *message.response_topic});
    if (message.correlation_data) properties.add({property::CORRELATION_DATA, *message.correlation_data});
    if (message.content_type) properties.add({property::CONTENT_TYPE, *message.content_type});
    for (const auto& [name, value] : message.user_properties) {
        properties.add({property::USER_PROPERTY, name, value});
    }
    auto result = mqtt::make_message(message.topic, message.payload, message.qos, message.retained);
    result->set_properties(properties);
    return result;
}

// Every wait has a limit: a token may never complete after the broker has disconnected us.
void await(const mqtt::token_ptr& token, const std::string& what) {
    try {
        if (token->wait_for(patience)) return;
    } catch (const mqtt::exception& refused) {
        throw WaitFailed(what + ": " + refused.what());
    }
    throw WaitFailed(what + ": no answer from the broker");
}

// MQTT 5, section 4.7: + is one level, # the rest of them.
bool filter_covers(std::string_view filter, std::string_view topic) {
    while (true) {
        const auto wanted = filter.substr(0, filter.find('/'));
        if (wanted == "#") return true;
        const auto level = topic.substr(0, topic.find('/'));
        if (wanted != "+" && wanted != level) return false;
        const bool filter_ends = wanted.size() == filter.size();
        const bool topic_ends = level.size() == topic.size();
        if (topic_ends) return filter_ends || filter.substr(wanted.size()) == "/#";
        if (filter_ends) return false;
        filter.remove_prefix(wanted.size() + 1);
        topic.remove_prefix(level.size() + 1);
    }
}

mqtt::connect_options connect_options(const MqttProbeOptions& options) {
    mqtt::connect_options_builder builder;
    builder.connect_timeout(std::chrono::seconds{5}).automatic_reconnect(false).max_inflight(65'535);
    if (options.version == 5) {
        builder.mqtt_version(MQTTVERSION_5).clean_start(true);
    } else {
        builder.mqtt_version(MQTTVERSION_3_1_1).clean_session(true);
    }
    if (!options.username.empty()) builder.user_name(options.username).password(options.password);
    if (options.will) builder.will(mqtt::will_options(*to_paho(*options.will)));
    return builder.finalize();
}

}  // namespace

struct MqttProbe::Session {
    Session(std::uint16_t port, const MqttProbeOptions& options)
        : client("tcp://127.0.0.1:" + std::to_string(port),
                 options.client_id.empty() ? new_client_id() : options.client_id,
                 mqtt::create_options(options.version == 5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1)) {
        client.set_message_callback(
            [this](const mqtt::const_message_ptr& message) { on_message(from_paho(*message)); });
    }

    // On paho's receive thread.
    void on_message(MqttMessage message) {
        const std::lock_guard lock{mutex};
        for (const auto& [filter, make_answer] : answers) {
            if (filter_covers(filter, message.topic)) send(make_answer(message));
        }
        received.push_back(std::move(message));
        changed.notify_all();
    }

    void send(const std::optional<MqttMessage>& answer) {
        try {
            if (answer) client.publish(to_paho(*answer));  // does not wait
        } catch (const mqtt::exception&) {
            // The connection is lost: the test sees that its answer did not come.
        }
    }

    std::mutex mutex;  // guards everything below but the client, which guards itself
    std::condition_variable changed;
    std::deque<MqttMessage> received;
    std::vector<std::pair<std::string, AnswerMaker>> answers;
    mqtt::async_client client;  // last: its callbacks end before what they use
};

MqttProbe::MqttProbe(std::uint16_t port, const MqttProbeOptions& options)
    : session_(std::make_unique<Session>(port, options)) {
    await(session_->client.connect(connect_options(options)), "connect");
}

MqttProbe::~MqttProbe() {
    try {
        disconnect();
    } catch (const std::exception&) {
        // The broker has gone before us.
    }
}

void MqttProbe::subscribe(const std::string& filter, int qos) {
    await(session_->client.subscribe(filter, qos), "subscribe " + filter);
}

void MqttProbe::publish(const MqttMessage& message) {
    await(session_->client.publish(to_paho(message)), "publish " + message.topic);
}

void MqttProbe::answer(const std::string& filter, AnswerMaker make_answer) {
    {
        const std::lock_guard lock{session_->mutex};
        session_->answers.emplace_back(filter, std::move(make_answer));
    }
    subscribe(filter);
}

MqttMessage MqttProbe::wait_message(const std::string& topic, std::chrono::milliseconds limit) {
    try {
        return wait_message([&topic](const MqttMessage& message) { return message.topic == topic; }, limit);
    } catch (const WaitFailed& failed) {
        throw WaitFailed("on topic " + topic + ": " + failed.what());
    }
}

MqttMessage MqttProbe::wait_message(const Matcher& matches, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    std::unique_lock lock{session_->mutex};
    auto& received = session_->received;
    while (true) {
        const auto found = std::find_if(received.begin(), received.end(), matches);
        if (found != received.end()) {
            auto message = std::move(*found);
            received.erase(found);
            return message;
        }
        if (session_->changed.wait_until(lock, deadline) == std::cv_status::timeout) break;
    }
    std::string others;
    for (const auto& message : received)
        others += "\n  " + message.topic + ": " + message.payload;
    throw WaitFailed("the awaited MQTT message did not come; others that came:" + others);
}

std::vector<MqttMessage> MqttProbe::waiting() const {
    const std::lock_guard lock{session_->mutex};
    return {session_->received.begin(), session_->received.end()};
}

void MqttProbe::disconnect() {
    if (session_->client.is_connected()) await(session_->client.disconnect(), "disconnect");
}

}  // namespace support
