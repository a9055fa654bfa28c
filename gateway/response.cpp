#include "gateway/response.hpp"

namespace gateway {

int default_status(Errc errc) {
    switch (errc) {
        case Errc::timeout:
            return 504;
        case Errc::access_denied:
            return 403;
        case Errc::unauthorized:
            return 401;
        case Errc::not_found:
            return 404;
        case Errc::bad_request:
            return 400;
        case Errc::offline:
            return 503;
        case Errc::overloaded:
            return 503;
        case Errc::unavailable:
            return 503;
        case Errc::refused:
            return 422;
        case Errc::http_error:
            return 502;
        case Errc::mesh_error:
            return 502;
        case Errc::cancelled:
            return 503;
    }
    return 500;
}

}  // namespace gateway
