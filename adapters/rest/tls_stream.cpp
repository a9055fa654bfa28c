#include "adapters/rest/tls_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "adapters/rest/tls_context.hpp"

namespace rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class SslStream final : public TlsStream {
public:
    SslStream(tcp::socket socket, asio::ssl::context& context) : stream_{std::move(socket), context} {}

    asio::any_io_executor get_executor() override { return stream_.get_executor(); }

    void handshake(IoHandler done) override {
        stream_.async_handshake(
            asio::ssl::stream_base::server,
            [done = std::move(done)](error_code error) mutable { done(error, std::size_t{0}); });
    }

    /// After our goodbye OpenSSL takes nothing more: what the peer still sends is thrown away undeciphered.
    void read_some(asio::mutable_buffer to, IoHandler done) override {
        if (shut_) return stream_.next_layer().async_read_some(to, std::move(done));
        stream_.async_read_some(to,
                                [this, done = std::move(done)](error_code error, std::size_t size) mutable {
                                    done(noted(error), size);
                                });
    }

    void write(const Pieces& pieces, IoHandler done) override {
        asio::async_write(stream_, pieces, std::move(done));
    }

    /// Waits for the peer's goodbye, or for anything else of it. The end of a socket is told once only: a
    /// peer that has ended already is read no more, as nothing would wake the waiting.
    void shutdown_send(IoHandler done) override {
        error_code ignored;
        if (peer_ended_) stream_.next_layer().shutdown(tcp::socket::shutdown_receive, ignored);
        stream_.async_shutdown([this, done = std::move(done)](error_code) mutable {
            shut_ = true;
            error_code error;
            stream_.next_layer().shutdown(tcp::socket::shutdown_send, error);
            done(error, std::size_t{0});
        });
    }

    void cancel() override {
        error_code ignored;
        stream_.next_layer().cancel(ignored);
    }

    void close() override {
        error_code ignored;
        stream_.next_layer().close(ignored);
    }

private:
    /// A peer that ends without a goodbye: what it said is complete or not by HTTP's own rules.
    error_code noted(error_code error) {
        if (error == asio::ssl::error::stream_truncated) error = asio::error::eof;
        peer_ended_ = error == asio::error::eof;
        return error;
    }

    asio::ssl::stream<tcp::socket> stream_;
    bool peer_ended_ = false;
    bool shut_ = false;
};

}  // namespace

std::unique_ptr<TlsStream> tls_stream(tcp::socket socket, TlsContext& context) {
    return std::make_unique<SslStream>(std::move(socket), context.ssl);
}

}  // namespace rest
