// How users log out by the mirror: over HTTP, with the token that is given back, as a secure node has it.
#include "adapters/rest/happner_rest.hpp"

namespace rest {

using gateway::Error;
using gateway::Principal;
using gateway::Result;

void HappnerRest::logout(const HttpRequest& request, const Query& query, Respond respond) {
    if (auto refusal = refusal_of_page(request, query)) return respond(*std::move(refusal));
    const auto until = gateway::Clock::now() + timeout_;
    const auto next = [this, until](Result<Principal> known, Respond answer) {
        if (known.has_error()) return answer(logout_refused(dialect_, known.error()));
        auto done = [&dialect = dialect_, token = known->token, answer = std::move(answer)](
                        const std::optional<Error>& refusal) {
            answer(refusal ? logout_refused(dialect, *refusal) : logout_reply(dialect, *token));
        };
        mesh_.logout(*std::move(known), until, std::move(done));
    };
    with_caller(request, *principal_of(request, query), until, std::move(respond), next);
}

}  // namespace rest
