#include "adapters/services/services.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

#include "adapters/services/answer.hpp"
#include "adapters/services/circuit.hpp"
#include "adapters/services/request_headers.hpp"
#include "adapters/services/response_cache.hpp"
#include "adapters/services/retry_schedule.hpp"
#include "adapters/services/signature.hpp"
#include "adapters/services/transfers.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/log.hpp"
#include "gateway/loop_mark.hpp"
#include "gateway/route.hpp"

namespace services {
namespace {

namespace asio = boost::asio;
using gateway::Clock;
using gateway::DeliveryId;
using gateway::Errc;
using gateway::Error;
using gateway::HttpTarget;
using gateway::Outcome;
using gateway::TimePoint;
using Failure = TransferResult::Failure;

constexpr std::size_t idle_connections = 256;  // over all hosts
constexpr int first_redirect = 300;
constexpr int last_redirect = 399;

/// Answers of a service that is in trouble, rather than of one that dislikes a request.
bool is_trouble(int status) {
    return status >= 502 && status <= 504;
}

std::string origin_of(const std::string& url) {
    const auto start = url.find("://");
    if (start == std::string::npos) return {};
    std::string origin = url.substr(0, url.find_first_of("/?#", start + 3));
    std::ranges::transform(
        origin, origin.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return origin;
}

Error error_of(const TransferResult& result) {
    switch (result.failure) {
        case Failure::timeout:
            return Error{Errc::timeout, "the service did not answer in time"};
        case Failure::too_large:
            return Error{Errc::refused, "the service's answer is larger than max_response"};
        case Failure::private_address:
            return Error{Errc::refused, "the service redirects to a private address"};
        default:
            return Error{Errc::unavailable, "the service cannot be reached: " + result.why};
    }
}

}  // namespace

struct Services::State {
    State(asio::io_context& io_context,
          const gateway::ServiceSettings& service_settings,
          const gateway::GatewayIdentity& gateway_identity,
          gateway::Outcomes& listener,
          gateway::Metrics& counters)
        : context{io_context},
          settings{service_settings},
          identity{gateway_identity},
          outcomes{listener},
          metrics{counters},
          cache{service_settings.cache},
          transfers{io_context, idle_connections, "happn-gateway/" + gateway_identity.version} {}

    /// What one host is given, and how it does.
    struct Host {
        explicit Host(const gateway::ServiceSettings& settings)
            : circuit{settings.circuit_failures, settings.circuit_pause} {}
        std::size_t active = 0;
        std::deque<DeliveryId> waiting;
        Circuit circuit;
    };

    struct Call {
        gateway::Output output;
        const HttpTarget* rule = nullptr;
        Host* host = nullptr;
        std::string origin;
        std::vector<gateway::NameValue> headers;  // of every attempt
        std::string cache_key;                    // empty: its answer is not kept
        int attempts = 0;
        int redirects = 0;
        std::string url;      // of the next transfer
        bool at_home = true;  // `url` has the declared origin
        std::optional<Transfers::Id> transfer;
        std::optional<asio::steady_timer> pause;  // before the next attempt
    };

    void deliver(DeliveryId id, gateway::Output output);
    bool answer_from_cache(DeliveryId id, Call& call);
    std::string cache_key_of(const Call& call) const;
    void attempt(DeliveryId id, Call& call);
    bool has_room(const Call& call) const;
    void send(DeliveryId id, Call& call);
    TransferRequest request_of(DeliveryId id, const Call& call) const;
    void on_result(DeliveryId id, TransferResult&& result);
    void leave(Call& call);
    void judge(Call& call, const TransferResult& result);
    bool follow(DeliveryId id, Call& call, const TransferResult& result);
    bool try_again(DeliveryId id, Call& call, const FailedAttempt& failed);
    void finish(DeliveryId id, Outcome outcome);
    void pump(Host& host);
    void forget(DeliveryId id);

    asio::io_context& context;
    const gateway::ServiceSettings settings;
    const gateway::GatewayIdentity identity;
    gateway::Outcomes& outcomes;
    gateway::Metrics& metrics;
    std::map<std::string, Host, std::less<>> hosts;  // by declared origin: as many as the mappings name
    std::unordered_map<const HttpTarget*, std::size_t> active_of_target;
    std::unordered_map<DeliveryId, std::unique_ptr<Call>> calls;
    ResponseCache cache;
    std::mt19937 random{std::random_device{}()};
    Transfers transfers;
};

Services::Services(asio::io_context& context,
                   const gateway::ServiceSettings& settings,
                   const gateway::GatewayIdentity& identity,
                   gateway::Outcomes& outcomes,
                   gateway::Metrics& metrics)
    : state_{std::make_unique<State>(context, settings, identity, outcomes, metrics)} {}

Services::~Services() = default;

void Services::deliver(DeliveryId id, gateway::Output output) {
    state_->deliver(id, std::move(output));
}

void Services::forget(DeliveryId id) {
    state_->forget(id);
}

// --- one request, in the order of its life ---

void Services::State::deliver(DeliveryId id, gateway::Output output) {
    auto made = std::make_unique<Call>();
    Call& call = *made;
    call.rule = &std::get<HttpTarget>(output.target->rule);
    call.origin = call.rule->url.origin();
    call.host = &hosts.try_emplace(call.origin, settings).first->second;
    call.headers = lasting_headers(*call.rule, output);
    call.url = output.address;
    call.output = std::move(output);
    if (call.rule->cache) call.cache_key = cache_key_of(call);
    if (answer_from_cache(id, call)) return;
    calls.emplace(id, std::move(made));
    attempt(id, call);
}

/// The whole request as it is sent, and for whom.
std::string Services::State::cache_key_of(const Call& call) const {
    std::string key = call.rule->method + ' ' + call.url + '\n';
    for (const auto& [name, value] : call.headers)
        key += name + ':' + value + '\n';
    const gateway::Principal& principal = call.output.principal;
    key += std::string{gateway::principal_kind_name(principal.kind)} + '\n' + principal.mesh + '\n' +
           principal.username + '\n';
    if (principal.token) key += principal.token->reveal();
    const bool unnamed = principal.username.empty() && !principal.token;
    if (unnamed && principal.kind == gateway::PrincipalKind::user) key += principal.session_id;
    return gateway::sha256(key);
}

bool Services::State::answer_from_cache(DeliveryId id, Call& call) {
    if (call.cache_key.empty()) return false;
    auto answer = cache.find(call.cache_key, Clock::now());
    if (!answer) return false;
    metrics.count("service_cache_hits");
    outcomes.on_outcome(id, Outcome{*std::move(answer)});
    return true;
}

bool Services::State::has_room(const Call& call) const {
    if (call.host->active >= std::max<std::size_t>(settings.connections, 1)) return false;
    const auto own = active_of_target.find(call.rule);
    return call.rule->concurrency == 0 || own == active_of_target.end() ||
           own->second < call.rule->concurrency;
}

/// Now, or when there is room.
void Services::State::attempt(DeliveryId id, Call& call) {
    if (has_room(call)) return send(id, call);
    if (call.host->waiting.size() >= settings.waiting) {
        metrics.count("service_overloaded");
        return finish(id, Outcome{Error{Errc::overloaded, "too many requests wait for the service"}});
    }
    call.host->waiting.push_back(id);
}

void Services::State::send(DeliveryId id, Call& call) {
    ++call.attempts;
    if (!call.host->circuit.try_enter(Clock::now())) {
        metrics.count("service_circuit_refused");
        if (try_again(id, call, {call.attempts, 0, std::nullopt})) return;
        return finish(
            id, Outcome{Error{Errc::unavailable, "the service has failed too often and is left alone"}});
    }
    ++call.host->active;
    ++active_of_target[call.rule];
    metrics.count("service_requests");
    call.transfer = transfers.start(
        request_of(id, call), [this, id](TransferResult&& result) { on_result(id, std::move(result)); });
}

/// What is meant for the declared host is not told to another one that it redirects to.
TransferRequest Services::State::request_of(DeliveryId id, const Call& call) const {
    const HttpTarget& rule = *call.rule;
    TransferRequest request;
    request.method = rule.method;
    request.url = call.url;
    request.body = call.output.payload.bytes;
    request.sends_body = rule.sends_body;
    request.tls = &rule.tls;
    request.max_response = rule.max_response;
    request.timeout = call.output.deadline - Clock::now();
    if (rule.retry.attempt) request.timeout = std::min(request.timeout, *rule.retry.attempt);
    request.public_only = !call.at_home && !rule.private_addresses;
    std::vector<gateway::NameValue> headers;
    if (call.at_home) {
        headers = call.headers;
        if (needs_idempotency_key(rule) && !has_header(headers, idempotency_header))
            headers.emplace_back(idempotency_header, identity.id + '-' + std::to_string(id));
        if (rule.signature) {
            auto signature =
                signature_headers(*rule.signature, call.output.payload.bytes.view(), gateway::wall_now());
            std::ranges::move(signature, std::back_inserter(headers));
        }
        headers.emplace_back(gateway::loop_mark_header, gateway::loop_mark(identity.id, call.output.hops));
    } else {
        static const gateway::TlsSettings of_the_system;
        request.tls = &of_the_system;
    }
    request.headers = as_lines(headers);
    // Else curl would say that it is a form.
    if (rule.sends_body && !has_header(headers, "Content-Type"))
        request.headers.emplace_back("Content-Type:");
    return request;
}

void Services::State::leave(Call& call) {
    call.transfer.reset();
    --call.host->active;
    const auto own = active_of_target.find(call.rule);
    if (--own->second == 0) active_of_target.erase(own);
}

void Services::State::judge(Call& call, const TransferResult& result) {
    const bool failed = result.failure == Failure::unreachable || result.failure == Failure::timeout ||
                        is_trouble(result.status);
    if (!call.at_home || (!failed && result.failure != Failure::none)) return call.host->circuit.gave_up();
    if (!failed) return call.host->circuit.succeeded();
    if (!call.host->circuit.failed(Clock::now())) return;
    metrics.count("service_circuit_opened");
    gateway::log::warn("service {}: failed too often, left alone for a while", call.origin);
}

void Services::State::on_result(DeliveryId id, TransferResult&& result) {
    Call& call = *calls.at(id);
    Host& host = *call.host;
    leave(call);
    judge(call, result);
    if (result.failure != Failure::none) {
        metrics.count("service_failures");
        const bool passes = result.failure == Failure::unreachable || result.failure == Failure::timeout;
        if (!passes || !try_again(id, call, {call.attempts, 0, std::nullopt}))
            finish(id, Outcome{error_of(result)});
        return pump(host);
    }
    if (follow(id, call, result)) return pump(host);
    const FailedAttempt failed{
        call.attempts, result.status, read_retry_after(result.retry_after, gateway::wall_now())};
    auto outcome =
        outcome_of(*call.rule, {result.status, std::move(result.content_type), std::move(result.body)});
    if (outcome.error && try_again(id, call, failed)) return pump(host);
    if (!outcome.error && !call.cache_key.empty())
        cache.keep(call.cache_key, outcome.answer, Clock::now() + *call.rule->cache);
    finish(id, std::move(outcome));
    pump(host);
}

/// To another host only over a connection as safe as the first.
bool Services::State::follow(DeliveryId id, Call& call, const TransferResult& result) {
    if (result.status < first_redirect || result.status > last_redirect) return false;
    if (call.redirects >= call.rule->redirects) return false;
    const std::string origin = origin_of(result.redirect);
    const bool is_http = origin.starts_with("http://") || origin.starts_with("https://");
    if (!is_http || (call.url.starts_with("https://") && !origin.starts_with("https://"))) return false;
    ++call.redirects;
    call.url = result.redirect;
    call.at_home = call.at_home && origin == call.origin;
    --call.attempts;  // the same attempt goes on
    attempt(id, call);
    return true;
}

bool Services::State::try_again(DeliveryId id, Call& call, const FailedAttempt& failed) {
    const double chance = std::uniform_real_distribution<>{0.0, 1.0}(random);
    const auto wait = next_wait(call.rule->retry, failed, chance, Clock::now(), call.output.deadline);
    if (!wait) return false;
    metrics.count("service_retries");
    call.url = call.output.address;
    call.at_home = true;
    call.redirects = 0;
    call.pause.emplace(context, *wait);
    call.pause->async_wait([this, id](const boost::system::error_code& error) {
        if (error) return;  // forgotten
        const auto found = calls.find(id);
        if (found == calls.end()) return;
        found->second->pause.reset();
        attempt(id, *found->second);
    });
    return true;
}

void Services::State::finish(DeliveryId id, Outcome outcome) {
    calls.erase(id);
    outcomes.on_outcome(id, std::move(outcome));
}

/// Those that wait, in their order, as far as there is room. One whose own target is busy lets others pass.
void Services::State::pump(Host& host) {
    std::size_t looked_at = 0;
    while (looked_at < host.waiting.size() && host.active < std::max<std::size_t>(settings.connections, 1)) {
        const DeliveryId id = host.waiting[looked_at];
        Call& call = *calls.at(id);
        if (!has_room(call)) {
            ++looked_at;
            continue;
        }
        host.waiting.erase(host.waiting.begin() + static_cast<std::ptrdiff_t>(looked_at));
        send(id, call);
    }
}

void Services::State::forget(DeliveryId id) {
    const auto found = calls.find(id);
    if (found == calls.end()) return;
    Call& call = *found->second;
    Host& host = *call.host;
    std::erase(host.waiting, id);
    if (call.transfer) {
        transfers.abort(*call.transfer);
        leave(call);
        TransferResult late;
        if (Clock::now() >= call.output.deadline) late.failure = Failure::timeout;
        if (late.failure == Failure::timeout) {
            judge(call, late);
        } else {
            host.circuit.gave_up();
        }
    }
    calls.erase(found);
    pump(host);
}

}  // namespace services
