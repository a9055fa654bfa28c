// Who a message is from, and the credential it came with. Secrets cannot be printed: there is no stream
// operator and no formatter for Secret, only reveal(), which is called where a login frame is written and
// nowhere else.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace gateway {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_{std::move(value)} {}
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }
    bool operator==(const Secret&) const = default;

private:
    std::string value_;
};

enum class PrincipalKind {
    anonymous,  // no credential
    service,    // the gateway's own user on the mesh
    user,       // somebody with a token of the mesh, or a session on the gateway's node
};

struct Principal {
    static Principal anonymous() { return {}; }
    static Principal service() { return {PrincipalKind::service, {}, {}, {}, {}}; }
    static Principal bearer(Secret token) {
        return {PrincipalKind::user, {}, std::make_shared<const Secret>(std::move(token)), {}, {}};
    }

    PrincipalKind kind = PrincipalKind::anonymous;
    std::string username;  // empty: unknown (insecure mesh, or not yet logged in)
    std::shared_ptr<const Secret>
        token;               // the mesh's own token, null: none. Never logged, stored or republished
    std::string session_id;  // of the node's session it came by, if it came by one
    std::string mesh;        // key of the mesh whose token it is; empty: not said, or no token
};

std::string_view principal_kind_name(PrincipalKind kind);  // "anonymous" "service" "user"

}  // namespace gateway
