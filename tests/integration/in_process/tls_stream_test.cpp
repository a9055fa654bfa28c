// The listener's TLS stream with a real OpenSSL client, on loopback: how a connection ends.
#include "adapters/rest/tls_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <string>
#include <thread>

#include "adapters/rest/tls_context.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/patience.hpp"

namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

class TlsStreamOfAClient : public testing::Test {
protected:
    TlsStreamOfAClient() {
        const auto files = authority.issue("localhost");
        context.ssl.use_certificate_chain_file(files.certificate);
        context.ssl.use_private_key_file(files.key, ssl::context::pem);
        client.next_layer().connect(acceptor.local_endpoint());
        stream = rest::tls_stream(acceptor.accept(), context);
        shake_hands();
    }

    void shake_hands() {
        std::thread other{[this] { client.handshake(ssl::stream_base::client); }};
        run([this](rest::IoHandler done) { stream->handshake(std::move(done)); });
        other.join();
    }

    /// Until the operation has ended; nullopt: it does not end.
    template <typename Start>
    std::optional<error_code> run(const Start& start) {
        std::optional<error_code> ended;
        start(rest::IoHandler{[&ended](error_code error, std::size_t) { ended = error; }});
        io.restart();
        io.run_for(support::patience);
        return ended;
    }
    /// While the read is under way.
    std::optional<error_code> read_until_client_shuts_sending() {
        return run([this](rest::IoHandler done) {
            stream->read_some(asio::buffer(piece), std::move(done));
            io.restart();
            io.poll();
            client.next_layer().shutdown(tcp::socket::shutdown_send);
        });
    }
    std::optional<error_code> shut_sending() {
        return run([this](rest::IoHandler done) { stream->shutdown_send(std::move(done)); });
    }

    support::CertificateAuthority authority;
    asio::io_context io, io_of_client;
    rest::TlsContext context;
    ssl::context trusting{ssl::context::tls_client};
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    ssl::stream<tcp::socket> client{io_of_client, trusting};
    std::unique_ptr<rest::TlsStream> stream;
    std::array<char, 64> piece{};
};

/// As a proxy does that passes TLS on, when its client has gone.
TEST_F(TlsStreamOfAClient, SaysGoodbyeToOneThatEndsWithoutAGoodbyeOfItsOwnAndWaitsForNone) {
    EXPECT_EQ(read_until_client_shuts_sending(), asio::error::eof);
    EXPECT_TRUE(shut_sending().has_value());
    error_code error;
    client.read_some(asio::buffer(piece), error);
    EXPECT_EQ(error, asio::error::eof) << "the goodbye has come: the end is none by a cut";
}

TEST_F(TlsStreamOfAClient, WaitsForTheGoodbyeOfOneThatIsStillThere) {
    std::thread other{[this] {
        error_code ignored;
        client.read_some(asio::buffer(piece), ignored);
        client.shutdown(ignored);
    }};
    EXPECT_EQ(shut_sending(), error_code{});
    other.join();
}

}  // namespace
