// A connection over a stream in memory: what a client sends and shuts its side after, and all that is
// answered.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <deque>
#include <memory>
#include <regex>
#include <string>
#include <utility>

#include "adapters/rest/http_connection.hpp"
#include "tests/support/memory_stream.hpp"
#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {

class HttpConnectionTest : public SurfaceTest {
protected:
    /// All that is answered until the connection has ended.
    std::string talk(std::deque<std::string> pieces, Peer client = {"192.0.2.1", 4711}) {
        auto peer = std::make_shared<support::MemoryPeer>();
        peer->pieces = std::move(pieces);
        auto state = std::make_shared<ListenerState>(io, settings, door, dispatcher, mesh, node, metrics);
        bool ended = false;
        boost::asio::co_spawn(
            io,
            serve_connection(state, std::make_unique<support::MemoryStream>(io, peer), std::move(client)),
            [&ended](const std::exception_ptr& failure) {
                EXPECT_EQ(failure, nullptr);
                ended = true;
            });
        io.restart();
        while (io.poll_one() > 0) {
        }
        EXPECT_TRUE(ended);
        EXPECT_FALSE(peer->written_after_the_end);
        return std::regex_replace(peer->written, std::regex{"Date: [^\r]*"}, "Date: now");
    }

    boost::asio::io_context io;
    DoorSettings door;
    gateway::WebsocketAcceptor* node = nullptr;
};

}  // namespace rest
