// A whole HTTP connection over a stream in memory: whatever a stranger sends, in whatever pieces, and whether
// it then shuts its side or falls silent. It must not crash; every answer must be a well-formed response, in
// order, and none may follow the one that closes; no request may be executed more often than it is answered;
// streams and websockets among the answers end in the form they have; and when nothing comes any more the
// connection ends, by itself or by its timeouts.
#include <array>
#include <boost/asio/co_spawn.hpp>
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
constexpr int most_hours = 8;                // of silence: a connection does not live longer

/// A mesh whose streams open at once and begin with two stored values.
class Streams final : public Sink {
public:
    explicit Streams(Outcomes& outcomes) : outcomes_{outcomes} {}
    void deliver(DeliveryId id, Output) override {
        open = id;
        stored_ = 2;
        outcomes_.on_open(id);
        outcomes_.on_stored(id);
        publish();
    }
    std::optional<StreamItem> next_stored(DeliveryId) override {
        if (stored_ == 0) return std::nullopt;
        --stored_;
        return item();
    }
    void forget(DeliveryId) override { open = 0; }
    void publish() {
        if (open != 0) outcomes_.on_item(open, item());
    }

    DeliveryId open = 0;

private:
    static StreamItem item() {
        StreamItem one;
        one.address = "/d/a";
        one.payload = Payload{Bytes{std::string{R"({"n":1})"}}, Encoding::json, {}};
        one.mark = "1-a";
        return one;
    }
    Outcomes& outcomes_;
    int stored_ = 0;
};

class StreamSinks final : public SinkDirectory {
public:
    Sink* broker(std::string_view) override { return nullptr; }
    Sink* mesh(std::string_view) override { return streams.get(); }
    std::unique_ptr<Streams> streams;  // once there is a dispatcher
};

Route stream_route() {
    Route route = echo_route("GET", "/events/{device}", HttpSource::Body::json);
    HappnStream stream;
    Scope scope;
    scope.source = Scope::Source::http;
    stream.path = AddressTemplate::parse("/d/*", AddressTemplate::Kind::happn, scope, true).value();
    StreamTarget rule;
    rule.from = std::move(stream);
    rule.options.max_queue = 2;
    route.targets.front().rule = std::move(rule);
    return route;
}

struct World {
    World() {
        sinks.streams = std::make_unique<Streams>(dispatcher);
        std::vector<Route> routes = echo_routes();
        routes.push_back(stream_route());
        dispatcher.apply(
            std::make_shared<const RoutingTable>(std::move(routes), std::map<std::string, ComponentRule>{}));
        rest::SurfaceSettings settings{{}, {}, {}, "13.12.1"};
        settings.limits.http_header = 1024;
        settings.limits.http_body = 4096;
        rest::DoorSettings door;
        door.proxies.trusted.push_back(*IpNetwork::parse("127.0.0.0/8"));
        door.compression.minimum = 256;
        state = std::make_shared<rest::ListenerState>(
            io, std::move(settings), std::move(door), dispatcher, mesh, nullptr, metrics);
    }
    void turn() {
        io.restart();
        for (std::size_t turn = 0; turn < most_turns && io.poll_one() > 0; ++turn) {
        }
    }
    /// Every timeout that is shorter has passed.
    void pass(Duration time) {
        const auto now = Clock::now() + time;
        for (auto it = state->connections.begin(); it != state->connections.end();)
            (*it++)->check_deadline(now);
    }
    boost::asio::io_context io;
    EchoMesh mesh{false};
    StreamSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{}, sinks, metrics};
    std::shared_ptr<rest::ListenerState> state;
};

/// The first byte chooses how the rest is cut: 0 leaves it whole, any other is a seed for the sizes; from 128
/// on it also says that the peer falls silent.
void cut(std::string_view bytes, support::MemoryPeer& peer) {
    if (bytes.empty()) return;
    std::uint32_t seed = static_cast<unsigned char>(bytes.front());
    if (seed >= 128) peer.end = support::MemoryPeer::End::stays_silent;
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

/// All chunks, up to the last one.
void check_chunks(std::string_view body) {
    std::size_t size = 1;
    while (size > 0) {
        const auto line = body.substr(0, body.find("\r\n"));
        const auto parsed = std::from_chars(line.data(), line.data() + line.size(), size, 16);
        require(parsed.ec == std::errc{} && !line.empty(), "a chunk says its size");
        body.remove_prefix(std::min(body.size(), line.size() + 2));
        require(body.size() >= size + 2 && body.substr(size, 2) == "\r\n", "a chunk is whole");
        body.remove_prefix(size + 2);
    }
    require(body.empty(), "nothing follows the last chunk");
}

/// Frames of a server: whole, not masked (RFC 6455 section 5.1), short ones, and nothing behind a close.
void check_frames(std::string_view frames) {
    bool closed = false;
    while (!frames.empty()) {
        require(!closed, "nothing follows a close frame");
        require(frames.size() >= 2, "a frame has a head");
        const auto size = static_cast<unsigned char>(frames[1]);
        require(size < 126 && frames.size() >= size + 2U, "a frame is whole");
        closed = (static_cast<unsigned char>(frames[0]) & 0x0fU) == 8;
        frames.remove_prefix(size + 2U);
    }
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
        if (head.starts_with("HTTP/1.1 101 ")) {
            check_frames(written);
            return answers;
        }
        const std::string_view length = header_of(head, "\r\nContent-Length: ");
        const bool is_stream = length.empty() && header_of(head, "\r\nCache-Control: ") == "no-store";
        const bool has_stream = is_stream && !written.empty() && !written.starts_with("HTTP/1.1 ");
        if (has_stream && header_of(head, "\r\nTransfer-Encoding: ") == "chunked") check_chunks(written);
        if (has_stream) return answers;  // it has ended with the connection
        closing = head.find("\r\nConnection: close\r\n") != std::string_view::npos;
        const bool bodiless = head.starts_with("HTTP/1.1 204 ") || head.starts_with("HTTP/1.1 304 ");
        require(bodiless || is_stream || !length.empty(), "an answer says how long it is");
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
    world.turn();
    for (int hour = 1; hour <= most_hours && !ended; ++hour) {
        world.sinks.streams->publish();
        world.turn();
        world.pass(std::chrono::hours{hour});
        if (hour == most_hours / 2)
            world.dispatcher.end_streams(Error{Errc::unavailable, "the gateway is stopping"});
        world.turn();
    }
    require(ended, "a connection ends with its input");
    require(!peer->written_after_the_end, "nothing is written after the end");
    require(world.state->connections.empty() && world.state->active == 0, "nothing of it is left");
    const std::size_t answers = check_answers(peer->written);
    require(world.mesh.calls - calls_before <= answers, "a request is executed once at most");
    return 0;
}
