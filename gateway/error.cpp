#include "gateway/error.hpp"

#include <stdexcept>

namespace gateway {

std::string_view error_name(Errc errc) {
    switch (errc) {
        case Errc::timeout:
            return "Timeout";
        case Errc::access_denied:
            return "AccessDenied";
        case Errc::unauthorized:
            return "Unauthorized";
        case Errc::not_found:
            return "NotFound";
        case Errc::bad_request:
            return "BadRequest";
        case Errc::offline:
            return "Offline";
        case Errc::overloaded:
            return "Overloaded";
        case Errc::unavailable:
            return "Unavailable";
        case Errc::refused:
            return "Refused";
        case Errc::http_error:
            return "HttpError";
        case Errc::mesh_error:
            return "MeshError";
        case Errc::cancelled:
            return "Cancelled";
    }
    return "MeshError";
}

Error::Error(Errc kind, std::string text) : errc{kind}, name{error_name(kind)}, message{std::move(text)} {}

Error::Error(Errc kind, std::string error_name, int error_code, std::string text)
    : errc{kind}, name{std::move(error_name)}, code{error_code}, message{std::move(text)} {}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error{error.name + ": " + error.message};
}

}  // namespace gateway
