#include "gateway/http_body.hpp"

#include <utility>

namespace gateway {

Result<Payload> decode_body(Payload raw, HttpSource::Body kind) {
    if (raw.bytes.empty()) return raw;
    switch (kind) {
        case HttpSource::Body::json:
            return raw;
        case HttpSource::Body::form:
            return decode(std::move(raw), Decode::form);
        case HttpSource::Body::text:
            return decode(std::move(raw), Decode::text);
        case HttpSource::Body::bytes:
            return decode(std::move(raw), Decode::bytes);
    }
    return raw;
}

}  // namespace gateway
