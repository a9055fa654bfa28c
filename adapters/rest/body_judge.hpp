// Whether the body of a request is worth reading, and for how long: what its head alone decides, and what the
// bodies of all requests may come to together. No sockets. Owned by the connection, whose listeners' state
// outlives it; shard's thread.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>

#include "adapters/rest/byte_pool.hpp"
#include "adapters/rest/http_message.hpp"
#include "adapters/rest/listener_state.hpp"

namespace rest {

class BodyJudge {
public:
    /// Bytes of a body that is read even where nobody needs it.
    static constexpr std::size_t short_body = 64u * 1024;

    explicit BodyJudge(ListenerState& state) : state_{state} {}

    /// Why a request with this head gets nothing, before its body is read. `announced`: its length; nullopt:
    /// in chunks. `waits`: the client keeps it until it is asked for it.
    std::optional<HttpReply> begin(const HttpRequest& head, std::optional<std::size_t> announced, bool waits);
    /// Why no more of it is read. `held`: what has come so far, in bytes.
    std::optional<HttpReply> go_on(const HttpRequest& head, std::size_t held);
    /// The body is not held any more, here or by what was carried out with it.
    void end() { share_.release(); }

private:
    static constexpr std::size_t all_of_it = std::numeric_limits<std::size_t>::max();

    std::optional<HttpReply> judge(const HttpRequest& head);

    ListenerState& state_;
    BytePool::Share share_{state_.bodies};
    std::size_t patience_ = all_of_it;  // bytes that are heard before the head is judged
};

}  // namespace rest
