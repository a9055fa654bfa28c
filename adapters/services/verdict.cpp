#include "adapters/services/verdict.hpp"

namespace services {
namespace {

using Failure = TransferResult::Failure;

/// Answers of a service that is in trouble, rather than of one that dislikes a request.
bool is_trouble(int status) {
    return status >= 502 && status <= 504;
}

/// Nine tenths: some time goes by before a request is sent.
bool is_whole(gateway::Duration given, gateway::Duration allowed) {
    return given >= allowed - allowed / 10;
}

}  // namespace

Verdict verdict_on(const TransferResult& result, gateway::Duration given, gateway::Duration allowed) {
    switch (result.failure) {
        case Failure::none:
            return is_trouble(result.status) ? Verdict::failing : Verdict::well;
        case Failure::unreachable:
        case Failure::unanswered:
            return Verdict::failing;
        case Failure::timeout:
            return is_whole(given, allowed) ? Verdict::failing : Verdict::unknown;
        case Failure::too_large:
        case Failure::private_address:
            return Verdict::unknown;
    }
    return Verdict::unknown;
}

}  // namespace services
