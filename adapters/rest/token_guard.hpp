// Asks the mesh whose a token is before anything is done with it, and slows down addresses whose tokens the
// mesh refuses. A token that the mesh has accepted is no guess, whatever others send from the same address:
// it is asked about at any time, and should it be refused then, it counts from the next time on. Requests
// with the same unknown token from the same place, as a page sends them, are one try. Shard's thread; the
// mesh outlives it, and what the mesh answers after its end is handed on all the same.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/rest/login_limit.hpp"
#include "gateway/mesh.hpp"

namespace rest {

class TokenGuard {
public:
    using Done = std::function<void(gateway::Result<gateway::Principal>)>;

    explicit TokenGuard(gateway::Mesh& mesh) : mesh_{mesh} {}

    /// How long a request with this token has to wait before the mesh is asked; zero: it need not.
    gateway::Duration wait(std::string_view address, const gateway::Secret& token) const;
    /// `who` has a token. Gives him with his name, or the mesh's error.
    void authenticate(std::string_view address,
                      gateway::Principal who,
                      gateway::TimePoint deadline,
                      Done done);

private:
    using Tries = std::map<std::string, std::weak_ptr<Try>>;  // by place
    static std::string place_of(std::string_view network, const gateway::Secret& token);
    std::shared_ptr<Try> begin(std::string_view address, const gateway::Secret& token);

    gateway::Mesh& mesh_;
    std::shared_ptr<LoginLimit> limit_ = std::make_shared<LoginLimit>(address_allowance);
    Tries under_way_;
};

}  // namespace rest
