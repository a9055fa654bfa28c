// Which of several sockets a connection is, and whether there is something on it to read.
#include "adapters/services/kept_connections.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace services {
namespace {

using tcp = boost::asio::ip::tcp;

class AKeptConnection : public testing::Test {
protected:
    struct Pair {
        tcp::socket client, server;
        Ends ends() const {
            const auto local = client.local_endpoint();
            const auto remote = client.remote_endpoint();
            return {local.address().to_string(), remote.address().to_string(), local.port(), remote.port()};
        }
        curl_socket_t socket() { return client.native_handle(); }
    };

    Pair connected() {
        tcp::socket client{context_};
        client.connect(acceptor_.local_endpoint());
        return {std::move(client), acceptor_.accept()};
    }

    std::unique_ptr<CURL, void (*)(CURL*)> easy{curl_easy_init(), &curl_easy_cleanup};
    KeptConnections connections;

private:
    boost::asio::io_context context_;
    tcp::acceptor acceptor_{context_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

TEST_F(AKeptConnection, IsKnownByItsEndsUntilItIsClosed) {
    Pair first = connected(), second = connected();
    connections.opened(first.socket());
    connections.opened(second.socket());
    EXPECT_EQ(connections.socket_of(second.ends()), second.socket());
    EXPECT_EQ(connections.socket_of(first.ends()), first.socket());
    connections.closed(first.socket());
    EXPECT_EQ(connections.socket_of(first.ends()), std::nullopt);
    EXPECT_EQ(connections.socket_of(second.ends()), second.socket());
}

TEST_F(AKeptConnection, HasSomethingToReadWhenBytesHaveComeOrItHasEnded) {
    Pair spilt = connected(), ended = connected();
    EXPECT_FALSE(has_unread(easy.get(), spilt.socket()));
    boost::asio::write(spilt.server, boost::asio::buffer("x", 1));
    EXPECT_TRUE(has_unread(easy.get(), spilt.socket()));
    ended.server.close();
    EXPECT_TRUE(has_unread(easy.get(), ended.socket()));
}

}  // namespace
}  // namespace services
