#include "adapters/happn/standing.hpp"

namespace happn {

using gateway::Errc;
using gateway::Error;

std::optional<Error> delegation_refusal(std::string_view on_behalf_of, const SessionFacts& facts) {
    if (on_behalf_of.empty()) {
        return std::nullopt;
    }
    if (on_behalf_of == administrator) {
        return Error{Errc::access_denied, "nobody acts for the mesh's administrator"};
    }
    if (facts.secure && !facts.modern()) {
        return Error{Errc::access_denied, "the mesh does not know delegation"};
    }
    return std::nullopt;
}

std::optional<Error> foreign_token(const gateway::Principal& who, std::string_view mesh) {
    const bool shows_token = who.kind == gateway::PrincipalKind::user && who.token;
    if (shows_token && !who.mesh.empty() && who.mesh != mesh) {
        return Error{Errc::unauthorized, "the caller is not known to this mesh"};
    }
    return std::nullopt;
}

}  // namespace happn
