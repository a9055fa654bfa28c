#include "adapters/services/circuit.hpp"

namespace services {

bool Circuit::try_enter(gateway::TimePoint now) {
    if (closed()) return true;
    if (trying_ || now < open_until_) return false;
    trying_ = true;
    return true;
}

void Circuit::succeeded() {
    failures_ = 0;
    trying_ = false;
}

bool Circuit::failed(gateway::TimePoint now) {
    const bool was_closed = closed();
    if (was_closed) ++failures_;
    const bool opens = !closed() && (was_closed || trying_);
    trying_ = false;
    if (opens) open_until_ = now + pause_;
    return opens;
}

void Circuit::gave_up() {
    trying_ = false;
}

}  // namespace services
