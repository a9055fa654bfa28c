// A client's share of the listeners: a place for each of its connections, and its requests a second. Shard's
// thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/rest/listener_state.hpp"

namespace rest {

/// A connection's place among those of its client, from when it is known who that is. Trusted proxies stand
/// for many clients and need none.
class Admission {
public:
    Admission(std::shared_ptr<ListenerState> state, const std::string& address);
    ~Admission();
    Admission(const Admission&) = delete;
    Admission& operator=(const Admission&) = delete;
    explicit operator bool() const { return admitted_; }

private:
    std::shared_ptr<ListenerState> state_;
    std::string address_;
    bool counted_ = false;
    bool admitted_ = false;
};

/// 429 if the request's client has had its share; Retry-After says when the next one is served.
std::optional<HttpReply> check_rate(ListenerState& state, const HttpRequest& request, gateway::TimePoint now);

}  // namespace rest
