#include "adapters/rest/front_door.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <stdexcept>

#include "adapters/rest/http_connection.hpp"
#include "adapters/rest/listener.hpp"
#include "adapters/rest/tcp_stream.hpp"
#include "gateway/log.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
constexpr gateway::Duration longest_tick = std::chrono::seconds{1};
constexpr gateway::Duration shortest_tick = std::chrono::milliseconds{10};
constexpr gateway::Duration certificate_look = std::chrono::seconds{5};  // between looks at their files
constexpr std::size_t taken_at_once = 64;  // connections, before others are served
constexpr gateway::Duration accept_pause = std::chrono::milliseconds{100};  // out of file descriptors, say

SurfaceSettings surface_settings(const FrontDoorSettings& settings) {
    return {settings.limits,
            settings.timeouts,
            settings.rest,
            settings.happn_version,
            settings.title,
            settings.version,
            settings.idempotency};
}

/// Fine enough for the shortest of the timeouts.
gateway::Duration tick_of(const gateway::Timeouts& timeouts) {
    const auto shortest = std::min({timeouts.header, timeouts.body, timeouts.idle});
    return std::clamp(shortest / 4, shortest_tick, longest_tick);
}

void log_end(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        gateway::log::error("a connection ended by {}", error.what());
    } catch (...) {
        gateway::log::error("a connection ended by an unknown exception");
    }
}

[[noreturn]] void cannot_listen(const gateway::Endpoint& endpoint, const std::string& why) {
    throw std::runtime_error("cannot listen on " + endpoint.host + ':' + std::to_string(endpoint.port) +
                             ": " + why);
}

tcp::endpoint resolve(asio::io_context& io, const gateway::Endpoint& endpoint) {
    error_code error;
    const auto address = asio::ip::make_address(endpoint.host, error);
    if (!error) return {address, endpoint.port};
    tcp::resolver resolver{io};
    const auto found =
        resolver.resolve(endpoint.host, std::to_string(endpoint.port), tcp::resolver::passive, error);
    if (error || found.empty()) cannot_listen(endpoint, "the name does not resolve");
    return found.begin()->endpoint();
}

tcp::acceptor bind(asio::io_context& io, const gateway::Endpoint& endpoint) {
    const tcp::endpoint address = resolve(io, endpoint);
    tcp::acceptor acceptor{io};
    error_code error;
    acceptor.open(address.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor.bind(address, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    if (error) cannot_listen(endpoint, error.message());
    return acceptor;
}

void take(const std::shared_ptr<ListenerState>& shared,
          const std::shared_ptr<Listener>& listener,
          tcp::socket socket) {
    error_code error;
    socket.set_option(tcp::no_delay{true}, error);
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    Peer peer{remote.address().to_string(), remote.port()};
    const bool full = shared->connections.size() >= shared->settings.limits.connections;
    const bool plain = !listener->proxy_protocol && !listener->certificate;
    if (full) {
        shared->metrics.count("connections_refused");
        if (plain)
            asio::co_spawn(shared->io,
                           refuse_connection(shared, tcp_stream(std::move(socket)), std::move(peer)),
                           log_end);
    } else if (plain) {
        auto session = serve_connection(shared, tcp_stream(std::move(socket)), std::move(peer));
        asio::co_spawn(shared->io, std::move(session), log_end);
    } else {
        auto session = open_connection(shared, listener, std::move(socket), std::move(peer));
        asio::co_spawn(shared->io, std::move(session), log_end);
    }
}

/// Those that have come beside one. One a turn of the loop would be too few: between two turns everybody who
/// is connected is served, and so the busier the gateway, the longer would newcomers wait for each other.
void take_waiting(const std::shared_ptr<ListenerState>& shared, const std::shared_ptr<Listener>& listener) {
    for (std::size_t taken = 1; taken < taken_at_once; ++taken) {
        error_code error;
        tcp::socket socket{shared->io};
        listener->acceptor.accept(socket, error);
        if (error) return;  // nobody waits, or the loop will meet it again
        take(shared, listener, std::move(socket));
    }
}

asio::awaitable<void> accept_loop(std::shared_ptr<ListenerState> shared, std::shared_ptr<Listener> listener) {
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer pause{shared->io};
    tcp::acceptor& acceptor = listener->acceptor;
    while (acceptor.is_open()) {
        auto [error, socket] = co_await acceptor.async_accept(as_values);
        if (!acceptor.is_open() || shared->ended) co_return;
        if (!error) {
            take(shared, listener, std::move(socket));
            take_waiting(shared, listener);
            continue;
        }
        gateway::log::warn("accept: {}", error.message());
        pause.expires_after(accept_pause);
        auto [rung] = co_await pause.async_wait(as_values);
        (void)rung;
    }
}

std::string name_of(const gateway::Endpoint& endpoint) {
    return endpoint.host + ':' + std::to_string(endpoint.port);
}

}  // namespace

struct FrontDoor::State {
    State(asio::io_context& io,
          FrontDoorSettings front_door,
          gateway::Dispatcher& dispatcher,
          gateway::Mesh& addressed,
          gateway::WebsocketAcceptor* node,
          gateway::Metrics& metrics)
        : settings{std::move(front_door)},
          shared{std::make_shared<ListenerState>(
              io, surface_settings(settings), settings.door, dispatcher, addressed, node, metrics)},
          ticker{io},
          tick{tick_of(settings.timeouts)} {}

    void schedule_tick() {
        ticker.expires_after(tick);
        ticker.async_wait([this, state = shared](error_code error) {
            if (error || state->ended) return;
            const auto now = gateway::Clock::now();
            for_each([now](Connection& connection) { connection.check_deadline(now); });
            shared->metrics.gauge("http_bodies_bytes", static_cast<double>(shared->bodies.held()));
            shared->metrics.gauge("http_answers_bytes", static_cast<double>(shared->answers.held()));
            if (now >= next_look) look_at_certificates(ServerCertificate::Reload::if_files_changed);
            schedule_tick();
        });
    }

    void look_at_certificates(ServerCertificate::Reload when) {
        next_look = gateway::Clock::now() + certificate_look;
        std::optional<std::int64_t> first_to_expire;
        for (const auto& listener : listeners) {
            if (!listener->certificate) continue;
            const auto reloaded = listener->certificate->reload(when);
            if (reloaded == ServerCertificate::Reloaded::yes)
                shared->metrics.count("tls_certificates_reloaded");
            if (reloaded == ServerCertificate::Reloaded::failed)
                shared->metrics.count("tls_certificates_refused");
            const auto expires = listener->certificate->expires();
            first_to_expire = std::min(first_to_expire.value_or(expires), expires);
        }
        if (first_to_expire)
            shared->metrics.gauge("tls_certificate_expires", static_cast<double>(*first_to_expire));
    }

    /// The visitor may end connections, but those leave the list only when their coroutines go on.
    template <typename Visit>
    void for_each(const Visit& visit) {
        for (auto it = shared->connections.begin(); it != shared->connections.end();) {
            Connection& connection = **it++;
            visit(connection);
        }
    }

    void close_acceptors() {
        error_code ignored;
        for (const auto& listener : listeners)
            listener->acceptor.close(ignored);
    }

    FrontDoorSettings settings;
    std::shared_ptr<ListenerState> shared;
    asio::steady_timer ticker;
    gateway::Duration tick;
    gateway::TimePoint next_look;
    std::vector<std::shared_ptr<Listener>> listeners;
    std::vector<std::uint16_t> ports;
};

FrontDoor::FrontDoor(asio::io_context& io,
                     FrontDoorSettings settings,
                     gateway::Dispatcher& dispatcher,
                     gateway::Mesh& addressed,
                     gateway::WebsocketAcceptor* node,
                     gateway::Metrics& metrics)
    : state_{std::make_unique<State>(io, std::move(settings), dispatcher, addressed, node, metrics)} {}

FrontDoor::~FrontDoor() {
    state_->close_acceptors();
    state_->ticker.cancel();
    close_all();
    state_->shared->ended = true;
    state_->shared->surface.reset();
}

void FrontDoor::start() {
    for (const gateway::ListenerSettings& wanted : state_->settings.listen) {
        auto listener = std::make_shared<Listener>(bind(state_->shared->io, wanted), wanted.proxy_protocol);
        if (wanted.tls) listener->certificate.emplace(*wanted.tls, name_of(wanted));
        state_->ports.push_back(listener->acceptor.local_endpoint().port());
        state_->listeners.push_back(std::move(listener));
    }
    for (const auto& listener : state_->listeners)
        asio::co_spawn(state_->shared->io, accept_loop(state_->shared, listener), log_end);
    state_->look_at_certificates(ServerCertificate::Reload::if_files_changed);
    state_->schedule_tick();
}

const std::vector<std::uint16_t>& FrontDoor::ports() const {
    return state_->ports;
}

void FrontDoor::reload_certificates() {
    state_->look_at_certificates(ServerCertificate::Reload::anyway);
}

void FrontDoor::stop_accepting() {
    state_->close_acceptors();
    state_->shared->stopping = true;
}

void FrontDoor::close_idle() {
    state_->for_each([](Connection& connection) { connection.close_if_idle(); });
}

std::size_t FrontDoor::active() const {
    return state_->shared->active;
}

void FrontDoor::close_all() {
    state_->for_each([](Connection& connection) { connection.abort(); });
}

}  // namespace rest
