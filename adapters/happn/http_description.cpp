#include "adapters/happn/http_description.hpp"

#include <utility>

#include "adapters/happn/http_get.hpp"
#include "adapters/happn/mesh_schema.hpp"

namespace happn {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Result;

/// The answer of `GET /rest/describe` that is no description: the mesh's own words.
Error describe_refusal(const HttpAnswer& answer) {
    auto text = answer.body.substr(0, answer.body.find('\n'));
    const bool no_right = text.starts_with("unauthorized access");
    if (answer.status == 401 || (answer.status == 403 && !no_right)) {
        return {Errc::unauthorized, "Unauthorized", answer.status, std::move(text)};
    }
    if (answer.status == 403) {
        return {Errc::access_denied, "AccessDenied", answer.status, std::move(text)};
    }
    return {Errc::mesh_error, "MeshError", answer.status, "the mesh does not describe itself over HTTP"};
}

Result<DescriptionPtr> description_in(const HttpAnswer& answer, const std::string& domain) {
    if (answer.status != 200) return describe_refusal(answer);
    auto description = read_rest_description(answer.body, domain);
    if (!description) return describe_refusal(answer);
    return description;
}

}  // namespace

void describe_over_http(boost::asio::io_context& io,
                        const Destination& mesh,
                        const gateway::Secret& token,
                        std::string domain,
                        gateway::TimePoint deadline,
                        std::function<void(Result<DescriptionPtr>)> done) {
    HttpQuestion question{"/rest/describe", "happn_token=" + percent_encoded(token.reveal())};
    http_get(io,
             mesh,
             std::move(question),
             deadline,
             [domain = std::move(domain), done = std::move(done)](const Result<HttpAnswer>& answer) {
                 done(answer ? description_in(*answer, domain) : Result<DescriptionPtr>{answer.error()});
             });
}

}  // namespace happn
