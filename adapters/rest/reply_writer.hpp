// An HttpReply as the bytes of an HTTP/1.1 response (RFC 9112), into a buffer that its connection reuses.
// Pure, but for the date.
#pragma once

#include <string>

#include "adapters/rest/http_message.hpp"

namespace rest {

struct ReplyFraming {
    bool head = false;        // the request was HEAD: the body is only counted
    bool keep_alive = true;   // the connection stays open
    bool old_client = false;  // HTTP/1.0: keeping open has to be said, and there are no chunks
    bool stream = false;      // the body follows, in chunks or to the end of the connection
};

/// Bytes of the body that are sent: some statuses have none (RFC 9110 sections 6.4.1 and 15.3.6).
std::size_t sent_body(const HttpReply& reply, ReplyFraming framing);
bool has_content(int status);

/// Appends status line, headers and body. Headers that would break the framing (control characters, or
/// what the connection says itself) are left out.
void append_reply(std::string& out, const HttpReply& reply, ReplyFraming framing, std::string_view date);

inline constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// The Date header's value (RFC 9110 section 5.6.7), made anew once a second.
class HttpDate {
public:
    std::string_view now();

private:
    std::int64_t second_ = -1;
    std::string text_;
};

}  // namespace rest
