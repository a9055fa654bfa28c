#include "adapters/rest/keyed_requests.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/rest/credentials.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/idempotency_key.hpp"
#include "gateway/expression/encodings.hpp"

namespace rest {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::HttpSource;
using gateway::NameValue;
using gateway::Principal;
using Found = IdempotencyStore::Found;

/// Statuses that say: nothing was done. Those of 429 and 503 also say that the same may be sent again.
constexpr std::array turned_away{401, 403, 429, 503};
constexpr gateway::Duration wait_for_the_first = std::chrono::seconds{1};

bool is_turned_away(int status) {
    return std::ranges::find(turned_away, status) != turned_away.end();
}

/// With its length before it: no part can look like two.
void add_part(std::string& text, std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part);
}

std::string fingerprint_of(const HttpRequest& request, std::vector<NameValue> query) {
    drop_token(query);
    std::string text;
    add_part(text, request.method);
    add_part(text, request.path());
    for (const auto& [name, value] : query) {
        add_part(text, name);
        add_part(text, value);
    }
    return gateway::sha256(text + gateway::sha256(request.body));
}

/// A token is another one after each login, so that a name counts where there is one.
std::string store_key(std::string_view key, std::string_view route, const Principal& caller) {
    std::string text;
    add_part(text, gateway::principal_kind_name(caller.kind));
    add_part(text, caller.mesh);
    add_part(text, caller.username);
    if (caller.username.empty() && caller.token) add_part(text, caller.token->reveal());
    add_part(text, route);
    add_part(text, key);
    return gateway::sha256(text);
}

Error wrong(std::string text) {
    return {Errc::bad_request, std::move(text)};
}

}  // namespace

gateway::Result<std::optional<KeyedRequest>> keyed_request(const HttpRequest& request,
                                                           const std::vector<NameValue>& query,
                                                           const HttpSource& source) {
    if (source.idempotency == HttpSource::Idempotency::none) return std::nullopt;
    const auto is_key = [](const Header& header) {
        return equal_ignoring_case(header.name, idempotency_key_header);
    };
    const auto sent = std::ranges::count_if(request.headers, is_key);
    if (sent > 1) return wrong("there is more than one Idempotency-Key");
    if (sent == 0 && source.idempotency == HttpSource::Idempotency::required)
        return wrong("this route requires the header Idempotency-Key");
    if (sent == 0) return std::nullopt;
    auto key = read_idempotency_key(request.header(idempotency_key_header));
    if (!key)
        return wrong("the Idempotency-Key must be 1 to " + std::to_string(longest_idempotency_key) +
                     " visible characters, such as \"8e03978e-40d5-43dd-bc93-6894a57f9324\"");
    return KeyedRequest{*std::move(key), fingerprint_of(request, query)};
}

bool has_not_run(const gateway::Response& response) {
    const bool is_unknown = response.error && response.error->errc == Errc::timeout;
    if (is_unknown) return false;  // whatever status the route gives it
    if (is_turned_away(response.status)) return true;
    if (!response.error) return false;
    switch (response.error->errc) {
        case Errc::access_denied:
        case Errc::unauthorized:
        case Errc::offline:
        case Errc::overloaded:
        case Errc::unavailable:
            return true;
        case Errc::http_error:
            return is_turned_away(response.error->code);
        default:
            return false;
    }
}

KeyedExecution::~KeyedExecution() {
    if (!kept_) store_->release(key_);
}

void KeyedExecution::keep(const HttpReply& answer) {
    kept_ = true;
    store_->keep(key_, answer, gateway::Clock::now());
}

std::variant<std::shared_ptr<KeyedExecution>, HttpReply> KeyedRequests::begin(const KeyedRequest& request,
                                                                              std::string_view route,
                                                                              const Principal& caller) {
    std::string key = store_key(request.key, route, caller);
    auto admission = store_->begin(key, request.fingerprint, gateway::Clock::now());
    if (admission.found != Found::nothing) return reply_to(std::move(admission));
    metrics_.count("idempotency_keys");
    return std::make_shared<KeyedExecution>(store_, std::move(key));
}

HttpReply KeyedRequests::reply_to(IdempotencyStore::Admission admission) {
    HttpReply reply;
    switch (admission.found) {
        case Found::nothing:
            break;
        case Found::answered:
            metrics_.count("idempotency_replayed");
            reply = *std::move(admission.answer);
            reply.headers.emplace_back(replayed_header, "true");
            break;
        case Found::running:
            metrics_.count("idempotency_in_use");
            reply = problem(409, "the request with this Idempotency-Key is under way", "IdempotencyKeyInUse");
            set_retry_after(reply, wait_for_the_first);
            break;
        case Found::another:
            metrics_.count("idempotency_reused");
            reply =
                problem(422, "this Idempotency-Key was sent with another request", "IdempotencyKeyReused");
            break;
        case Found::lost:
            metrics_.count("idempotency_lost");
            reply = problem(409,
                            "the request with this Idempotency-Key has been executed; its answer was too "
                            "large to be kept",
                            "IdempotencyAnswerLost");
            break;
        case Found::full:
            metrics_.count("idempotency_overloaded");
            reply = problem(
                503, Error{Errc::overloaded, "too many requests with an Idempotency-Key are under way"});
            break;
    }
    return reply;
}

}  // namespace rest
