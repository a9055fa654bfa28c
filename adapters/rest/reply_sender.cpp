#include "adapters/rest/reply_sender.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "adapters/rest/compression.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the inlined operators new and delete of Asio's coroutine frames for a mismatched pair.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rest {
namespace {

namespace asio = boost::asio;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t kept_capacity = 16u * 1024;  // of what is written, between requests
constexpr std::size_t large_body = 32u * 1024;     // is written from where it is

}  // namespace

/// A slice at a time: others are served between them.
asio::awaitable<void> ReplySender::compress(HttpReply& reply, const HttpRequest& request) {
    const gateway::Compression& wanted = state_.door.compression;
    if (!wanted.enabled || !is_compressible(reply, wanted.minimum)) co_return;
    add_vary(reply);
    if (!has_content(reply.status) || !accepts_gzip(request)) co_return;
    Gzip gzip{reply.body.view()};
    while (!gzip.step())
        co_await asio::post(stream_.get_executor(), asio::use_awaitable);
    if (std::string smaller = gzip.take(); !smaller.empty()) set_compressed(reply, std::move(smaller));
}

asio::awaitable<bool> ReplySender::write(const HttpReply& reply, ReplyFraming framing) {
    const bool apart = sent_body(reply, framing) > large_body;
    framing.head = framing.head || apart;
    out_.clear();
    append_reply(out_, reply, framing, state_.date.now());
    const std::string_view rest = apart ? reply.body.view() : std::string_view{};
    const ByteStream::Pieces pieces{asio::buffer(out_), asio::buffer(rest.data(), rest.size())};
    auto [error, size] = co_await async_write(stream_, pieces, as_values);
    co_return !error;
}

void ReplySender::rest() {
    if (out_.capacity() > kept_capacity) std::string{}.swap(out_);
}

}  // namespace rest
