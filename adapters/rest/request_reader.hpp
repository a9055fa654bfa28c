// Takes the bytes of a connection and gives requests, one after the other. No sockets and no time: its
// connection reads into prepare() and asks how far that got. Strict where leniency would let two servers read
// one message in two ways (RFC 9112 section 11.2). Shard's thread; errors are replies.
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"

namespace rest {

class RequestReader {
public:
    enum class Progress {
        needs_more,
        done,    // the head, or the body, is there
        failed,  // see refusal(): the connection cannot go on after it
    };

    explicit RequestReader(std::size_t header_limit);
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    /// Where the next bytes of the peer go.
    boost::asio::mutable_buffer prepare();
    void commit(std::size_t size);

    /// Forgets the request before, keeps what has been read beyond it.
    void start();
    /// Once done, `request` has method, target, headers and no body. Its views hold until start().
    Progress read_head(HttpRequest& request);

    // When the head is there:
    bool has_body() const;                              // one that may be empty in the end
    std::optional<std::size_t> announced_body() const;  // Content-Length; nullopt: chunked
    bool keep_alive() const;                            // as the client wants it
    bool is_old() const;                                // HTTP/1.0
    /// Before read_body(). A larger body fails with 413.
    void limit_body(std::size_t limit);
    /// The same for a body that nobody wants: it is read, and nothing of it kept.
    void discard_body(std::size_t limit);
    /// Once done, `request` has its body. Trailers are read and dropped.
    Progress read_body(HttpRequest& request);
    /// Bytes of it that are kept here.
    std::size_t held() const;
    /// Lets go of it. The head stays.
    void forget_body();

    HttpReply refusal();

    bool has_unread() const;
    /// What the peer has sent and no request has used.
    std::string take_unread();
    /// Nothing is under way: lets go of memory.
    void rest();
    /// No request follows: lets go of this one too, whose views die, and of what has been read beyond it.
    void let_go();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace rest
