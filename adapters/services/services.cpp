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
#include "adapters/services/cache_key.hpp"
#include "adapters/services/circuit.hpp"
#include "adapters/services/request_headers.hpp"
#include "adapters/services/response_cache.hpp"
#include "adapters/services/retry_schedule.hpp"
#include "adapters/services/service_url.hpp"
#include "adapters/services/signature.hpp"
#include "adapters/services/transfers.hpp"
#include "adapters/services/verdict.hpp"
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

Error error_of(const TransferResult& result) {
    switch (result.failure) {
        case Failure::timeout:
            return Error{Errc::timeout, "the service did not answer in time"};
        case Failure::unanswered:  // and not Unavailable, which says that nothing was done
            return Error{Errc::timeout, "the service has not answered: " + result.why};
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
        gateway::Duration given{};  // that the transfer may take
        Circuit::Pass pass = Circuit::Pass::usual;
        std::optional<asio::steady_timer> pause;  // before the next attempt
    };

    void deliver(DeliveryId id, gateway::Output output);
    bool answer_from_cache(DeliveryId id, Call& call);
    void attempt(DeliveryId id, Call& call);
    bool has_room(const Call& call) const;
    void send(DeliveryId id, Call& call);
    gateway::Duration time_for(const Call& call) const;
    TransferRequest request_of(DeliveryId id, const Call& call) const;
    void on_result(DeliveryId id, TransferResult&& result);
    void leave(Call& call);
    static gateway::Duration allowed_time(const Call& call);
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
    call.origin = origin_of(call.rule->url.origin());
    call.host = &hosts.try_emplace(call.origin, settings).first->second;
    call.headers = lasting_headers(*call.rule, output);
    call.url = output.address;
    call.output = std::move(output);
    if (call.rule->cache)
        call.cache_key = cache_key(*call.rule, call.url, call.headers, call.output.principal);
    if (answer_from_cache(id, call)) return;
    calls.emplace(id, std::move(made));
    attempt(id, call);
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
    const auto pass = call.host->circuit.try_enter(Clock::now());
    if (!pass) {
        metrics.count("service_circuit_refused");
        if (try_again(id, call, {call.attempts, 0, std::nullopt})) return;
        return finish(
            id, Outcome{Error{Errc::unavailable, "the service has failed too often and is left alone"}});
    }
    ++call.host->active;
    ++active_of_target[call.rule];
    metrics.count("service_requests");
    call.pass = *pass;
    call.given = time_for(call);
    call.transfer = transfers.start(
        request_of(id, call), [this, id](TransferResult&& result) { on_result(id, std::move(result)); });
}

/// What the target says that one attempt may take.
gateway::Duration Services::State::allowed_time(const Call& call) {
    const auto whole = call.output.target->timeout;
    return std::min(call.rule->retry.attempt.value_or(whole), whole);
}

/// No longer than the caller waits.
gateway::Duration Services::State::time_for(const Call& call) const {
    return std::min(call.output.deadline - Clock::now(), allowed_time(call));
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
    request.timeout = call.given;
    request.public_only = !call.at_home && !rule.private_addresses;
    std::vector<gateway::NameValue> headers;
    if (call.at_home) {
        headers = call.headers;
        auto key = idempotency_key(rule, call.output, identity.id + '-' + std::to_string(id));
        if (!key.empty() && !has_header(headers, idempotency_header))
            headers.emplace_back(idempotency_header, std::move(key));
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

/// Another host, to which this one has led, tells nothing about it.
void Services::State::judge(Call& call, const TransferResult& result) {
    Circuit& circuit = call.host->circuit;
    const auto verdict = call.at_home ? verdict_on(result, call.given, allowed_time(call)) : Verdict::unknown;
    if (verdict == Verdict::unknown) return circuit.gave_up(call.pass);
    if (verdict == Verdict::well) return circuit.succeeded();
    if (!circuit.failed(call.pass, Clock::now())) return;
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
        const bool passes = result.failure == Failure::unreachable || result.failure == Failure::unanswered ||
                            result.failure == Failure::timeout;
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
    if (!outcome.error && !call.cache_key.empty() && !varies_by_more_than_the_request(result.vary))
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
        late.failure = Failure::timeout;
        const bool waited_to_the_end = Clock::now() >= call.output.deadline;
        waited_to_the_end ? judge(call, late) : host.circuit.gave_up(call.pass);
    }
    calls.erase(found);
    pump(host);
}

}  // namespace services
