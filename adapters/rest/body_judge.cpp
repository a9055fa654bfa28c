#include "adapters/rest/body_judge.hpp"

#include "adapters/rest/http_status.hpp"

namespace rest {

/// Where a happner node would say first what is wrong with the body, so do we, if that is short.
std::optional<HttpReply> BodyJudge::begin(const HttpRequest& head,
                                          std::optional<std::size_t> announced,
                                          bool waits) {
    const bool hears_it_first =
        !waits && announced.value_or(0) <= short_body && state_.surface->hears_body_first(head);
    if (!hears_it_first) return judge(head);
    patience_ = short_body;
    return std::nullopt;
}

std::optional<HttpReply> BodyJudge::go_on(const HttpRequest& head, std::size_t held) {
    if (!share_.hold(held)) {
        state_.metrics.count("http_bodies_refused");
        return problem(503, "the bodies of all requests are too large together", "Overloaded");
    }
    return held > patience_ ? judge(head) : std::nullopt;
}

/// Once for each request.
std::optional<HttpReply> BodyJudge::judge(const HttpRequest& head) {
    patience_ = all_of_it;
    auto refusal = state_.surface->refusal_of_head(head);
    if (refusal) state_.metrics.count("http_requests");
    return refusal;
}

}  // namespace rest
