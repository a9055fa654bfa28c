// gzip for large answers (RFC 9110 section 8.4.1.3), a slice at a time, so that one large answer holds up
// nobody else. Pure but for zlib's memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "adapters/rest/http_message.hpp"

namespace rest {

/// Does `Accept-Encoding` allow gzip (RFC 9110 section 12.5.3)?
bool accepts_gzip(const HttpRequest& request);

/// Would this reply be worth compressing for a client that accepts it: text of at least `minimum` bytes, not
/// encoded already, a status with a whole body, no `Cache-Control: no-transform`.
bool is_compressible(const HttpReply& reply, std::size_t minimum);

/// Says to caches that the answer depends on what the client accepts.
void add_vary(HttpReply& reply);

class Gzip {
public:
    explicit Gzip(std::string_view body);  // borrowed until done
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;

    /// Compresses the next slice; true: it was the last one, see take().
    bool step();
    /// Empty: it did not get smaller, or zlib has no memory.
    std::string take();

private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

/// The reply with the compressed body: its encoding named, its ETag weak (RFC 9110 section 8.8.1).
void set_compressed(HttpReply& reply, std::string body);

}  // namespace rest
