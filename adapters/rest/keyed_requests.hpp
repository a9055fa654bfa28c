// Requests with an `Idempotency-Key`, on routes that heed it: the first one is executed, those that repeat it
// get its answer. Keys belong to a caller, by identity, and a route. Shard's thread; callbacks may hold an
// execution longer than the surface lives.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adapters/rest/http_message.hpp"
#include "adapters/rest/idempotency_store.hpp"
#include "gateway/error.hpp"
#include "gateway/metrics.hpp"
#include "gateway/principal.hpp"
#include "gateway/response.hpp"
#include "gateway/route.hpp"

namespace rest {

inline constexpr std::string_view replayed_header = "Idempotent-Replayed";

struct KeyedRequest {
    std::string key;
    std::string fingerprint;  // of method, path, query without the token, and body
};

/// nullopt: it has no key, or the route does not heed it. BadRequest: the key is wrong, or missing where it
/// is required. `query`: decoded.
gateway::Result<std::optional<KeyedRequest>> keyed_request(const HttpRequest& request,
                                                           const std::vector<gateway::NameValue>& query,
                                                           const gateway::HttpSource& source);

/// Is it certain that the targets have done nothing, so that the request may be sent again? A timeout is not.
bool has_not_run(const gateway::Response& response);

/// A request that is being executed. Its key is free again when it ends without an answer.
class KeyedExecution {
public:
    KeyedExecution(std::shared_ptr<IdempotencyStore> store, std::string key)
        : store_{std::move(store)}, key_{std::move(key)} {}
    ~KeyedExecution();
    KeyedExecution(const KeyedExecution&) = delete;
    KeyedExecution& operator=(const KeyedExecution&) = delete;

    /// Once.
    void keep(const HttpReply& answer);

private:
    std::shared_ptr<IdempotencyStore> store_;
    std::string key_;
    bool kept_ = false;
};

class KeyedRequests {
public:
    KeyedRequests(const gateway::IdempotencySettings& settings, gateway::Metrics& metrics)
        : store_{std::make_shared<IdempotencyStore>(settings)}, metrics_{metrics} {}

    /// The execution that the request begins, or the reply that it gets without one.
    std::variant<std::shared_ptr<KeyedExecution>, HttpReply> begin(const KeyedRequest& request,
                                                                   std::string_view route,
                                                                   const gateway::Principal& caller);

private:
    HttpReply reply_to(IdempotencyStore::Admission admission);

    std::shared_ptr<IdempotencyStore> store_;
    gateway::Metrics& metrics_;
};

}  // namespace rest
