#include "adapters/rest/tcp_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace rest {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class TcpStream final : public ByteStream {
public:
    explicit TcpStream(tcp::socket socket) : socket_{std::move(socket)} {}

    asio::any_io_executor get_executor() override { return socket_.get_executor(); }

    void read_some(asio::mutable_buffer to, IoHandler done) override {
        socket_.async_read_some(to, std::move(done));
    }

    void write(const Pieces& pieces, IoHandler done) override {
        asio::async_write(socket_, pieces, std::move(done));
    }

    void shutdown_send(IoHandler done) override {
        error_code error;
        socket_.shutdown(tcp::socket::shutdown_send, error);
        asio::post(socket_.get_executor(),
                   [done = std::move(done), error]() mutable { done(error, std::size_t{0}); });
    }

    void cancel() override {
        error_code ignored;
        socket_.cancel(ignored);
    }

    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    tcp::socket socket_;
};

}  // namespace

std::unique_ptr<ByteStream> tcp_stream(tcp::socket socket) {
    return std::make_unique<TcpStream>(std::move(socket));
}

}  // namespace rest
