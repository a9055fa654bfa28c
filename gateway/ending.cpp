#include "gateway/ending.hpp"

namespace gateway {

Ending ending_of(const Error& error) {
    switch (error.errc) {
        case Errc::timeout:
            return {Fate::dropped, "timeout"};
        case Errc::unavailable:
            return {Fate::dropped, "unavailable"};
        case Errc::overloaded:
            return {Fate::dropped, "overloaded"};
        case Errc::offline:
            return {Fate::dropped, "offline"};
        case Errc::cancelled:
            return {Fate::dropped, "cancelled"};
        case Errc::access_denied:
            return {Fate::refused, "access_denied"};
        case Errc::unauthorized:
            return {Fate::refused, "unauthorized"};
        case Errc::not_found:
            return {Fate::refused, "not_found"};
        case Errc::bad_request:
            return {Fate::refused, "bad_request"};
        case Errc::refused:
            return {Fate::refused, "refused"};
        case Errc::http_error:
            return {Fate::refused, "http_error"};
        case Errc::mesh_error:
            return {Fate::refused, "mesh_error"};
    }
    return {Fate::dropped, "unknown"};
}

Ending ending_of(const Failure& failure) {
    if (!failure.reason.empty()) return {Fate::refused, failure.reason};
    return ending_of(failure.error);
}

std::optional<Error> error_of(const Ending& ending) {
    if (ending.reason == "overloaded") return Error{Errc::overloaded, "too many messages in flight"};
    if (ending.reason == "hops")
        return Error{Errc::refused, "the message has passed too many routes: a loop?"};
    return std::nullopt;
}

}  // namespace gateway
