// A whole HTTP connection over a stream in memory: whatever a stranger sends, in whatever pieces. It must not
// crash; every answer must be a well-formed response, in order, and none may follow the one that closes; no
// request may be executed more often than it is answered; and when the input ends the connection ends.
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/rest/http_connection.hpp"
#include "gateway/log.hpp"
#include "tests/fuzz/echo_mesh.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/memory_stream.hpp"

namespace {

using namespace gateway;
using namespace gateway::fuzz;

constexpr std::size_t most_turns = 200'000;  // of the event loop, for one input

struct World {
    World() {
        dispatcher.apply(
            std::make_shared<const RoutingTable>(echo_routes(), std::map<std::string, ComponentRule>{}));
        rest::SurfaceSettings settings{{}, {}, {}, "13.12.1"};
        settings.limits.http_header = 1024;
        settings.limits.http_body = 4096;
        rest::DoorSettings door;
        door.proxies.trusted.push_back(*IpNetwork::parse("127.0.0.0/8"));
        door.compression.minimum = 256;
        state = std::make_shared<rest::ListenerState>(
            io, std::move(settings), std::move(door), dispatcher, mesh, nullptr, metrics);
    }
    boost::asio::io_context io;
    EchoMesh mesh{false};
    NoSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{}, sinks, metrics};
    std::shared_ptr<rest::ListenerState> state;
};

/// The first byte chooses how the rest is cut: 0 leaves it whole, any other is a seed for the sizes.
void cut(std::string_view bytes, support::MemoryPeer& peer) {
    if (bytes.empty()) return;
    std::uint32_t seed = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    while (!bytes.empty()) {
        seed = seed * 1103515245U + 12345U;
        const std::size_t size = seed % 251 == 0 || seed == 12345U ? bytes.size() : 1 + (seed >> 16) % 40;
        peer.pieces.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
}

/// Value of a header in a head, or empty.
std::string_view header_of(std::string_view head, std::string_view name) {
    const auto at = head.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = head.substr(at + name.size());
    return value.substr(0, value.find('\r'));
}

/// How many final answers there are. An answer to HEAD has a length and no body: it shows by no answer
/// beginning where the body would end.
std::size_t check_answers(std::string_view written) {
    std::size_t answers = 0;
    bool closing = false;
    while (!written.empty()) {
        require(!closing, "nothing follows an answer that closes");
        require(written.starts_with("HTTP/1.1 "), "an answer begins with its status line");
        const auto end = written.find("\r\n\r\n");
        require(end != std::string_view::npos, "an answer's head is whole");
        const std::string_view head = written.substr(0, end + 2);
        written.remove_prefix(end + 4);
        if (head.starts_with("HTTP/1.1 100 ")) continue;
        ++answers;
        closing = head.find("\r\nConnection: close\r\n") != std::string_view::npos;
        const bool bodiless = head.starts_with("HTTP/1.1 204 ") || head.starts_with("HTTP/1.1 304 ");
        const std::string_view length = header_of(head, "\r\nContent-Length: ");
        require(bodiless || !length.empty(), "an answer says how long it is");
        std::size_t size = 0;
        std::from_chars(length.data(), length.data() + length.size(), size);
        const bool has_body = size <= written.size() &&
                              (size == written.size() || written.substr(size).starts_with("HTTP/1.1 "));
        if (has_body && !bodiless) written.remove_prefix(size);
    }
    return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    log::set_level(log::level::off);
    const auto peer = std::make_shared<support::MemoryPeer>();
    cut({reinterpret_cast<const char*>(data), size}, *peer);
    const std::size_t calls_before = world.mesh.calls;
    bool ended = false;
    boost::asio::co_spawn(world.io,
                          rest::serve_connection(world.state,
                                                 std::make_unique<support::MemoryStream>(world.io, peer),
                                                 rest::Peer{"127.0.0.1", 4711}),
                          [&ended](const std::exception_ptr& failure) {
                              require(failure == nullptr, "no exception leaves a connection");
                              ended = true;
                          });
    world.io.restart();
    for (std::size_t turn = 0; turn < most_turns && world.io.poll_one() > 0; ++turn) {
    }
    require(ended, "a connection ends with its input");
    require(!peer->written_after_the_end, "nothing is written after the end");
    require(world.state->connections.empty() && world.state->active == 0, "nothing of it is left");
    const std::size_t answers = check_answers(peer->written);
    require(world.mesh.calls - calls_before <= answers, "a request is executed once at most");
    return 0;
}
