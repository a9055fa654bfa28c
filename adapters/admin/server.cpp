#include "adapters/admin/server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/admin/answers.hpp"
#include "adapters/admin/bearer.hpp"
#include "gateway/host_names.hpp"
#include "gateway/log.hpp"

namespace admin {
namespace {

using httplib::Request;
using httplib::Response;
using Http = httplib::Server;

constexpr auto metrics_type = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::size_t max_request_body = 64u * 1024;
constexpr std::time_t keep_alive_seconds = 2;
constexpr std::time_t io_timeout_seconds = 5;

void answer_snapshot(Response& response, const std::optional<std::string>& text, const char* type) {
    if (!text) return answer_stalled(response);
    answer(response, 200, *text, type);
}

/// Not the library's own: that one sets SO_REUSEPORT, with which a second gateway would silently share the
/// port.
void set_listen_options(socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void limit(Http& server) {
    server.set_payload_max_length(max_request_body);
    server.set_keep_alive_timeout(keep_alive_seconds);
    server.set_read_timeout(io_timeout_seconds);
    server.set_write_timeout(io_timeout_seconds);
}

void guard_with_token(Http& server, const gateway::Secret& token) {
    server.set_pre_routing_handler([token](const Request& request, Response& response) {
        if (bearer_accepted(request.get_header_value("Authorization"), token)) {
            return Http::HandlerResponse::Unhandled;
        }
        response.set_header("WWW-Authenticate", "Bearer realm=\"happn-gateway\"");
        explain(response, 401, "a token is required: Authorization: Bearer <admin.token>");
        return Http::HandlerResponse::Handled;
    });
}

/// Where no token is asked for, only the name in the request tells what a web page has sent here.
void guard_with_names(Http& server) {
    server.set_pre_routing_handler(
        [names = gateway::HostNames{{}}](const Request& request, Response& response) {
            const auto asked = request.get_header_value("Host");
            if (names.has(asked)) return Http::HandlerResponse::Unhandled;
            explain(response,
                    421,
                    "without admin.token there is nothing here by the name '" + gateway::shown_host(asked) +
                        "': ask by an address, or as localhost");
            return Http::HandlerResponse::Handled;
        });
}

void explain_errors(Http& server) {
    const Http::Handler name_path = [](const Request& request, Response& response) {
        if (!response.body.empty()) return;
        const auto text =
            response.status == 404 ? "there is nothing at " + request.path : "the request was refused";
        explain(response, response.status, text);
    };
    server.set_error_handler(name_path);
    server.set_exception_handler([](const Request& request, Response& response, std::exception_ptr) {
        gateway::log::error("admin: a handler of {} failed", request.path);
        explain(response, 500, "internal error");
    });
}

void serve_health(Http& server, const Probes& probes) {
    server.Get("/live", [live = probes.live](const Request&, Response& response) {
        const bool alive = live();
        answer(response, alive ? 200 : 503, alive ? "{\"live\":true}\n" : "{\"live\":false}\n");
    });
    server.Get("/ready", [ready = probes.ready](const Request&, Response& response) {
        const auto readiness = ready();
        if (!readiness) return answer_stalled(response);
        answer(response, readiness->ready ? 200 : 503, to_json(*readiness));
    });
    server.Get("/metrics", [metrics = probes.metrics](const Request&, Response& response) {
        answer_snapshot(response, metrics(), metrics_type);
    });
}

void serve_admin(Http& server, const Probes& probes, const std::string& version) {
    server.Get("/routes", [routes = probes.routes](const Request&, Response& response) {
        answer_snapshot(response, routes(), json_type);
    });
    const auto body = nlohmann::json{{"name", "happn-gateway"}, {"version", version}}.dump() + "\n";
    server.Get("/version", [body](const Request&, Response& response) { answer(response, 200, body); });
}

}  // namespace

struct Server::Listener {
    ServerOptions options;
    httplib::Server http;
    std::thread acceptor;
    std::uint16_t port = 0;
};

Server::Server(ServerOptions options, Probes probes) : listener_{std::make_unique<Listener>()} {
    listener_->options = std::move(options);
    const auto& chosen = listener_->options;
    auto& http = listener_->http;
    limit(http);
    explain_errors(http);
    http.set_socket_options(set_listen_options);
    serve_health(http, probes);
    if (chosen.surface == ServerOptions::Surface::health) return;
    serve_admin(http, probes, chosen.version);
    serve_dead_letters(http, probes.dead_letters);
    if (chosen.token.empty()) {
        guard_with_names(http);
    } else {
        guard_with_token(http, chosen.token);
    }
}

Server::~Server() {
    stop();
}

gateway::Result<std::uint16_t> Server::start() {
    const auto& endpoint = listener_->options.endpoint;
    auto& http = listener_->http;
    const int bound = endpoint.port == 0                                ? http.bind_to_any_port(endpoint.host)
                      : http.bind_to_port(endpoint.host, endpoint.port) ? endpoint.port
                                                                        : -1;
    if (bound < 0) {
        return gateway::Error{gateway::Errc::unavailable,
                              "cannot listen on " + endpoint.host + ":" + std::to_string(endpoint.port)};
    }
    listener_->port = static_cast<std::uint16_t>(bound);

    // The library's stop() does nothing before the accepting loop runs; the first thing the loop does is to
    // ask for its pool.
    std::promise<void> running;
    http.new_task_queue = [&running, threads = listener_->options.threads] {
        running.set_value();
        return new httplib::ThreadPool(threads);  // taken over by the library
    };
    listener_->acceptor = std::thread{[&http] { http.listen_after_bind(); }};
    running.get_future().wait();
    return listener_->port;
}

std::uint16_t Server::port() const {
    return listener_->port;
}

void Server::stop() {
    if (!listener_->acceptor.joinable()) return;
    listener_->http.stop();
    listener_->acceptor.join();
}

}  // namespace admin
