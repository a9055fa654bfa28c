#include "adapters/services/circuit.hpp"

namespace services {

std::optional<Circuit::Pass> Circuit::try_enter(gateway::TimePoint now) {
    if (closed()) return Pass::usual;
    if (trying_ || now < open_until_) return std::nullopt;
    trying_ = true;
    return Pass::trial;
}

void Circuit::succeeded() {
    failures_ = 0;
    trying_ = false;
}

bool Circuit::failed(Pass pass, gateway::TimePoint now) {
    const bool was_closed = closed();
    if (was_closed) ++failures_;
    const bool opens = was_closed ? !closed() : pass == Pass::trial;
    if (pass == Pass::trial) trying_ = false;
    if (opens) open_until_ = now + pause_;
    return opens;
}

void Circuit::gave_up(Pass pass) {
    if (pass == Pass::trial) trying_ = false;
}

}  // namespace services
