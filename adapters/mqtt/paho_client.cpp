#include "adapters/mqtt/paho_client.hpp"

#include <fmt/format.h>
#include <mqtt/async_client.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "adapters/mqtt/egress.hpp"
#include "adapters/mqtt/no_delay.hpp"
#include "adapters/mqtt/reason_code.hpp"
#include "adapters/mqtt/secret_file.hpp"

namespace gateway::mqtt {
namespace {

using ::mqtt::property;

constexpr std::chrono::seconds connect_timeout{5};
constexpr std::chrono::milliseconds disconnect_grace{500};  // for what is being written
constexpr std::int32_t receive_maximum = 100;               // unacknowledged messages towards us
constexpr int no_library_window = 65535;                    // the window is ours, see Egress
/// What the library may have taken and not written yet: beyond that it refuses.
constexpr int most_unwritten = Window::most_acknowledged + Window::most_written;
constexpr int unspecified_refusal = 0x80;  // MQTT 5.0 section 3.9.3
constexpr int no_reason = 0xff;            // what paho leaves there with 3.1.1

/// Of version 5.
std::optional<int> refusing_code(const ::mqtt::token& token) {
    const int reason = static_cast<int>(token.get_reason_code());
    if (reason < first_refusal || reason == no_reason) return std::nullopt;
    return reason;
}

std::string text_of(const ::mqtt::token& token) {
    if (const auto refused = refusing_code(token)) return reason_text(*refused);
    const int code = token.get_return_code();
    if (code >= first_refusal) return reason_text(code);  // where the library puts that of CONNACK
    switch (code) {                                       // CONNACK of 3.1.1, section 3.2.2.3
        case 1:
            return "the broker does not speak this protocol version";
        case 2:
            return "the broker refused the client id";
        case 3:
            return "the broker is unavailable";
        case 4:
            return "bad user name or password";
        case 5:
            return "not authorized";
        case MQTTASYNC_DISCONNECTED:
            return "disconnected";
        default:
            return fmt::format("no connection (paho {})", code);
    }
}

/// The library's own codes are negative.
ConnectFailure failure_of(const ::mqtt::token& token) {
    const bool answered = token.get_return_code() > 0 || refusing_code(token);
    return answered ? ConnectFailure::refused : ConnectFailure::unreached;
}

Confirmation refusal_of(const ::mqtt::token& token) {
    const auto code = refusing_code(token);
    return {text_of(token), code.value_or(0), !code};
}

/// With 3.1.1 the library has no reason, and the code of SUBACK where its own codes are else.
int subscribe_code(const ::mqtt::token& token) {
    if (const auto code = refusing_code(token)) return *code;
    return token.get_return_code() < 0 ? no_suback : unspecified_refusal;
}

void* as_context(std::uint64_t ticket) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(ticket));
}
std::uint64_t as_ticket(const ::mqtt::token& token) {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(token.get_user_context()));
}

template <typename Number>
std::optional<Number> number(const ::mqtt::properties& properties, property::code code) {
    if (!properties.contains(code)) return std::nullopt;
    return ::mqtt::get<Number>(properties, code);
}

std::string text(const ::mqtt::properties& properties, property::code code) {
    return properties.contains(code) ? ::mqtt::get<std::string>(properties, code) : std::string{};
}

ServerLimits limits_of(const ::mqtt::properties& properties) {
    ServerLimits limits;
    limits.receive_maximum = number<std::uint16_t>(properties, property::RECEIVE_MAXIMUM).value_or(65535);
    limits.maximum_qos = number<std::uint8_t>(properties, property::MAXIMUM_QOS).value_or(2);
    limits.retain_available = number<std::uint8_t>(properties, property::RETAIN_AVAILABLE).value_or(1) != 0;
    limits.subscription_ids =
        number<std::uint8_t>(properties, property::SUBSCRIPTION_IDENTIFIERS_AVAILABLE).value_or(1) != 0;
    limits.shared_subscriptions =
        number<std::uint8_t>(properties, property::SHARED_SUBSCRIPTION_AVAILABLE).value_or(1) != 0;
    if (const auto size = number<std::uint32_t>(properties, property::MAXIMUM_PACKET_SIZE))
        limits.maximum_packet = std::min<std::size_t>(limits.maximum_packet, *size);
    return limits;
}

Arrival arrival_of(const ::mqtt::message& message) {
    Arrival arrival;
    arrival.topic = message.get_topic();
    arrival.payload = Bytes::copy(message.get_payload());
    arrival.qos = message.get_qos();
    arrival.retain = message.is_retained();
    arrival.duplicate = message.is_duplicate();
    const ::mqtt::properties& properties = message.get_properties();
    if (properties.empty()) return arrival;
    arrival.expiry = number<std::uint32_t>(properties, property::MESSAGE_EXPIRY_INTERVAL);
    arrival.content_type = text(properties, property::CONTENT_TYPE);
    arrival.response_topic = text(properties, property::RESPONSE_TOPIC);
    arrival.correlation_data = text(properties, property::CORRELATION_DATA);
    for (std::size_t i = 0; i < properties.count(property::USER_PROPERTY); ++i) {
        auto [name, value] = ::mqtt::get<::mqtt::string_pair>(properties, property::USER_PROPERTY, i);
        arrival.user.emplace_back(std::move(name), std::move(value));
    }
    for (std::size_t i = 0; i < properties.count(property::SUBSCRIPTION_IDENTIFIER); ++i)
        arrival.subscription_ids.push_back(
            ::mqtt::get<std::uint32_t>(properties, property::SUBSCRIPTION_IDENTIFIER, i));
    return arrival;
}

::mqtt::properties properties_of(const Publication& publication) {
    ::mqtt::properties properties;
    if (publication.expiry)
        properties.add({property::MESSAGE_EXPIRY_INTERVAL, static_cast<std::int32_t>(*publication.expiry)});
    if (!publication.content_type.empty()) properties.add({property::CONTENT_TYPE, publication.content_type});
    if (!publication.response_topic.empty())
        properties.add({property::RESPONSE_TOPIC, publication.response_topic});
    if (!publication.correlation_data.empty())
        properties.add({property::CORRELATION_DATA, publication.correlation_data});
    for (const auto& [name, value] : publication.user)
        properties.add({property::USER_PROPERTY, name, value});
    return properties;
}

::mqtt::will_options will_of(const Will& will) {
    return ::mqtt::will_options{will.topic, will.payload, will.qos, will.retain};
}

int version_of(Protocol protocol) {
    return protocol == Protocol::v5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
}

::mqtt::properties connect_properties(const ConnectRequest& request) {
    ::mqtt::properties properties;
    properties.add(
        {property::SESSION_EXPIRY_INTERVAL, static_cast<std::int32_t>(request.session_expiry.count())});
    properties.add({property::RECEIVE_MAXIMUM, receive_maximum});
    properties.add({property::MAXIMUM_PACKET_SIZE, static_cast<std::int32_t>(request.max_message)});
    return properties;
}

/// What a TLS context is made of at each attempt: the library knows only files.
struct TlsFiles {
    explicit TlsFiles(const TlsSettings& tls) {
        if (!tls.ca.empty()) ca.emplace(tls.ca);
        if (tls.certificate.empty()) return;
        certificate.emplace(tls.certificate);
        key.emplace(tls.key.reveal());
    }

    std::optional<SecretFile> ca, certificate, key;
};

::mqtt::ssl_options tls_of(const TlsSettings& tls, const TlsFiles& files) {
    ::mqtt::ssl_options options;
    if (files.ca) options.set_trust_store(files.ca->path());
    if (files.certificate) {
        options.set_key_store(files.certificate->path());
        options.set_private_key(files.key->path());
    }
    options.set_enable_server_cert_auth(tls.verify);
    options.set_verify(tls.verify);  // the name
    if (!tls.alpn.empty()) options.set_alpn_protos(tls.alpn);
    return options;
}

::mqtt::name_value_collection headers_of(const ConnectRequest& request) {
    ::mqtt::name_value_collection headers;
    for (const auto& [name, value] : request.headers)
        headers.insert({name, value.reveal()});
    return headers;
}

/// Fills in place: a copy of connect_options keeps a pointer to the properties of the original, so the one
/// that has them must live until connect() returns, and finalize() of the builder must not be used.
void fill(::mqtt::connect_options& options, const ConnectRequest& request, const TlsFiles& files) {
    options.set_mqtt_version(version_of(request.protocol));
    options.set_keep_alive_interval(request.keep_alive);
    options.set_connect_timeout(connect_timeout);
    options.set_automatic_reconnect(false);
    options.set_max_inflight(no_library_window);
    if (!request.username.empty()) options.set_user_name(request.username);
    if (!request.password.empty()) options.set_password(request.password.reveal());
    if (request.will) options.set_will(will_of(*request.will));
    if (request.url.starts_with("ssl://") || request.url.starts_with("wss://"))
        options.set_ssl(tls_of(request.tls, files));
    if (!request.headers.empty()) options.set_http_headers(headers_of(request));
    if (request.protocol == Protocol::v3_1_1) {
        options.set_clean_session(request.clean_start);
    } else {
        options.set_clean_start(request.clean_start);
        options.set_properties(connect_properties(request));
    }
}

/// A listener that calls two functions; exceptions must not reach the C library.
template <typename Success, typename Failure>
class Listener final : public ::mqtt::iaction_listener {
public:
    Listener(Success success, Failure failure) : success_{std::move(success)}, failure_{std::move(failure)} {}
    void on_success(const ::mqtt::token& token) override {
        guarded([&] { success_(token); });
    }
    void on_failure(const ::mqtt::token& token) override {
        guarded([&] { failure_(token); });
    }

private:
    template <typename Work>
    static void guarded(const Work& work) {
        try {
            work();
        } catch (const std::exception&) {
            // Out of memory or a token without an answer: the connection's own events tell the rest.
        }
    }
    Success success_;
    Failure failure_;
};

template <typename Success, typename Failure>
std::unique_ptr<::mqtt::iaction_listener> listener(Success success, Failure failure) {
    return std::make_unique<Listener<Success, Failure>>(std::move(success), std::move(failure));
}

}  // namespace

struct PahoClient::State {
    explicit State(WireEvents& sink) : events{sink} {}

    void make_client(const ConnectRequest& request);
    void connected(const ::mqtt::token& token);
    void subscribed(const ::mqtt::token& token);
    void tune();

    WireEvents& events;
    Protocol protocol = Protocol::v5;
    // Outlive the client, which keeps pointers to them: to the headers of a websocket, say.
    std::optional<TlsFiles> tls_files;
    std::optional<::mqtt::connect_options> options;
    std::uint16_t port = 0;            // the worker's
    std::atomic<bool> untuned{false};  // a new socket that has not been looked at
    std::unique_ptr<::mqtt::iaction_listener> connecting = listener(
        [this](const ::mqtt::token& token) { connected(token); },
        [this](const ::mqtt::token& token) { events.on_connect_failed(text_of(token), failure_of(token)); });
    std::unique_ptr<::mqtt::iaction_listener> disconnecting =
        listener([this](const ::mqtt::token&) { events.on_disconnected(); },
                 [this](const ::mqtt::token&) { events.on_disconnected(); });
    std::unique_ptr<::mqtt::iaction_listener> publishing = listener(
        [this](const ::mqtt::token& token) { events.on_published(as_ticket(token), {}); },
        [this](const ::mqtt::token& token) { events.on_published(as_ticket(token), refusal_of(token)); });
    std::unique_ptr<::mqtt::iaction_listener> subscribing =
        listener([this](const ::mqtt::token& token) { subscribed(token); },
                 [this](const ::mqtt::token& token) {
                     events.on_subscribed(as_ticket(token), subscribe_code(token));
                 });
    std::unique_ptr<::mqtt::iaction_listener> unsubscribing =
        listener([this](const ::mqtt::token& token) { events.on_unsubscribed(as_ticket(token)); },
                 [](const ::mqtt::token&) {});
    // Last: it is destroyed first, and with it every callback.
    std::unique_ptr<::mqtt::async_client> client;
};

void PahoClient::State::make_client(const ConnectRequest& request) {
    client.reset();
    tls_files.emplace(request.tls);
    protocol = request.protocol;
    client = std::make_unique<::mqtt::async_client>(
        request.url, request.client_id, ::mqtt::create_options{version_of(request.protocol), most_unwritten});
    client->set_message_callback([this](const ::mqtt::const_message_ptr& message) {
        try {
            if (message && events.takes(message->get_topic().size() + message->get_payload().size()))
                events.on_arrived(arrival_of(*message));
        } catch (const std::exception&) {
            // Out of memory: the message is lost, as it would be with the process.
        }
    });
    client->set_connection_lost_handler([this](const std::string& why) { events.on_lost(why, false); });
    client->set_disconnected_handler([this](const ::mqtt::properties&, ::mqtt::ReasonCode code) {
        events.on_lost("the broker disconnected: " + reason_text(static_cast<int>(code)), true);
    });
}

void PahoClient::State::connected(const ::mqtt::token& token) {
    const auto answer = token.get_connect_response();
    untuned.store(true, std::memory_order_relaxed);
    events.on_connected(answer.is_session_present(), limits_of(answer.get_properties()));
}

void PahoClient::State::subscribed(const ::mqtt::token& token) {
    const auto codes = token.get_subscribe_response().get_reason_codes();
    events.on_subscribed(as_ticket(token), codes.empty() ? 0 : static_cast<int>(codes.front()));
}

/// On the worker, before its first packet: paho writes an acknowledgement and a publication in two small
/// pieces, and Nagle's algorithm keeps the second back for 40 ms.
void PahoClient::State::tune() {
    if (untuned.exchange(false, std::memory_order_relaxed)) send_without_delay(port);
}

PahoClient::PahoClient(WireEvents& events) : state_{std::make_unique<State>(events)} {}
PahoClient::~PahoClient() = default;

void PahoClient::connect(const ConnectRequest& request) {
    try {
        if (!state_->client || request.new_client) state_->make_client(request);
        state_->port = port_of(request.url);
        fill(state_->options.emplace(), request, *state_->tls_files);
        state_->client->connect(*state_->options, nullptr, *state_->connecting);
    } catch (const std::exception& error) {
        state_->events.on_connect_failed(error.what(), ConnectFailure::stuck);
    }
}

void PahoClient::disconnect() {
    try {
        if (!state_->client || !state_->client->is_connected()) return state_->events.on_disconnected();
        const auto grace = static_cast<int>(disconnect_grace.count());
        state_->client->disconnect(grace, nullptr, *state_->disconnecting);
    } catch (const std::exception&) {
        state_->events.on_disconnected();
    }
}

void PahoClient::subscribe(const SubscribeRequest& request) {
    try {
        state_->tune();
        ::mqtt::subscribe_options options{request.no_local,
                                          static_cast<::mqtt::byte>(request.retain_as_published)};
        options.set_retain_handling(
            static_cast<::mqtt::subscribe_options::RetainHandling>(request.retain_handling));
        ::mqtt::properties properties;
        const bool version_5 = state_->protocol == Protocol::v5;
        if (version_5 && request.id != 0)
            properties.add({property::SUBSCRIPTION_IDENTIFIER, static_cast<std::int32_t>(request.id)});
        state_->client->subscribe(request.filter,
                                  request.qos,
                                  as_context(request.ticket),
                                  *state_->subscribing,
                                  version_5 ? options : ::mqtt::subscribe_options{},
                                  properties);
    } catch (const std::exception&) {
        state_->events.on_subscribed(request.ticket, no_suback);
    }
}

void PahoClient::unsubscribe(const UnsubscribeRequest& request) {
    try {
        state_->client->unsubscribe(request.filter, as_context(request.ticket), *state_->unsubscribing);
    } catch (const std::exception&) {
        // Not connected: what was not left is left by the next connection.
    }
}

void PahoClient::publish(const Publication& publication) {
    try {
        state_->tune();
        const auto payload = publication.payload.view();
        auto message = ::mqtt::message::create(
            publication.topic, payload.data(), payload.size(), publication.qos, publication.retain);
        if (state_->protocol == Protocol::v5) message->set_properties(properties_of(publication));
        state_->client->publish(std::move(message), as_context(publication.ticket), *state_->publishing);
    } catch (const std::exception& error) {
        state_->events.on_published(publication.ticket, {.failure = error.what()});
    }
}

}  // namespace gateway::mqtt
