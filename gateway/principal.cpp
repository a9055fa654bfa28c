#include "gateway/principal.hpp"

namespace gateway {

std::string_view principal_kind_name(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::anonymous:
            return "anonymous";
        case PrincipalKind::service:
            return "service";
        case PrincipalKind::user:
            return "user";
    }
    return "anonymous";
}

}  // namespace gateway
