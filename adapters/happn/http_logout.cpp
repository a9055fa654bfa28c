#include "adapters/happn/http_logout.hpp"

#include <utility>

#include "adapters/happn/http_get.hpp"

namespace happn {
namespace {

using gateway::Errc;
using gateway::Error;

/// The oldest generation says 403 of a token too.
bool is_of_the_token(const HttpAnswer& answer) {
    return answer.status == 401 || (answer.status == 403 && answer.body.find("token") != std::string::npos);
}

std::optional<Error> refusal_in(const HttpAnswer& answer) {
    if (answer.status == 200) return std::nullopt;
    auto text = answer.body.substr(0, answer.body.find('\n'));
    if (is_of_the_token(answer))
        return Error{Errc::unauthorized, "Unauthorized", answer.status, std::move(text)};
    if (answer.status == 403)
        return Error{Errc::access_denied, "AccessDenied", answer.status, std::move(text)};
    if (answer.status == 404) return Error{Errc::not_found, "the mesh knows no logout over HTTP"};
    return Error{Errc::mesh_error, "MeshError", answer.status, "the mesh has failed to log the user out"};
}

}  // namespace

void logout_over_http(boost::asio::io_context& io,
                      const Destination& mesh,
                      const gateway::Secret& token,
                      gateway::TimePoint deadline,
                      std::function<void(std::optional<Error>)> done) {
    HttpQuestion question{"/auth/logout", "happn_token=" + percent_encoded(token.reveal())};
    http_get(io,
             mesh,
             std::move(question),
             deadline,
             [done = std::move(done)](const gateway::Result<HttpAnswer>& answer) {
                 done(answer ? refusal_in(*answer) : answer.error());
             });
}

}  // namespace happn
