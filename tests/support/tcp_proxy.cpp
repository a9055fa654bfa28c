#include "tests/support/tcp_proxy.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <future>
#include <limits>
#include <memory>
#include <set>
#include <thread>
#include <utility>

namespace support {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t buffer_size = 65'536;

void reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger{true, 0}, ignored);  // RST instead of FIN
    socket.close(ignored);
}

constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

// What all connections look at; on the proxy's thread.
struct Weather {
    bool stalled = false;
    std::size_t slice = 0;
    std::size_t limit_up = no_limit, limit_down = no_limit;  // of new connections
};

struct Link;
using Links = std::set<std::shared_ptr<Link>>;

// One direction: reads from one socket, writes to the other, one buffer at a time.
struct Direction {
    tcp::socket& from;
    tcp::socket& to;
    std::size_t limit;  // ends the connection when it has carried so many bytes
    std::size_t carried = 0;
    std::size_t begin = 0, end = 0;  // what is to be written
    bool waiting = false;            // holds bytes until the stall is over
    std::array<char, buffer_size> buffer{};
};

// One connection through the proxy. Kept alive by its pending operations and by the set of links.
struct Link : std::enable_shared_from_this<Link> {
    Link(tcp::socket accepted,
         const Weather& at,
         std::function<void(const std::shared_ptr<Link>&)> ended,
         std::atomic<std::size_t>& counter)
        : client(std::move(accepted)),
          server(client.get_executor()),
          weather(at),
          on_end(std::move(ended)),
          cuts(counter) {}

    void connect(std::uint16_t port) {
        const tcp::endpoint target{asio::ip::address_v4::loopback(), port};
        server.async_connect(target, [self = shared_from_this()](error_code failed) {
            if (failed) return self->finish();
            for (tcp::socket* socket : {&self->client, &self->server}) {
                error_code ignored;
                socket->set_option(tcp::no_delay{true}, ignored);
            }
            self->read(self->up);
            self->read(self->down);
        });
    }

    void read(Direction& way) {
        way.from.async_read_some(asio::buffer(way.buffer),
                                 [self = shared_from_this(), &way](error_code failed, std::size_t size) {
                                     if (self->lost) return;  // not even its end is told
                                     if (failed) return self->finish();
                                     way.begin = 0;
                                     way.end = size;
                                     self->write(way);
                                 });
    }

    void write(Direction& way) {
        if (lost) return;
        way.waiting = weather.stalled;
        if (way.waiting) return;
        if (way.carried == way.limit) return cut_short();
        if (way.begin == way.end) return read(way);
        const std::size_t most = weather.slice == 0 ? way.end : weather.slice;
        const auto size = std::min({most, way.end - way.begin, way.limit - way.carried});
        asio::async_write(way.to,
                          asio::buffer(way.buffer.data() + way.begin, size),
                          [self = shared_from_this(), &way](error_code failed, std::size_t written) {
                              if (failed) return self->finish();
                              way.begin += written;
                              way.carried += written;
                              self->write(way);
                          });
    }

    void resume() {
        for (Direction* way : {&up, &down}) {
            if (way->waiting) write(*way);
        }
    }

    void cut_short() {
        ++cuts;
        cut();
    }

    void finish() {
        error_code ignored;
        client.close(ignored);
        server.close(ignored);
        if (on_end) std::exchange(on_end, nullptr)(shared_from_this());
    }

    void cut() {
        reset(client);
        reset(server);
        finish();
    }

    tcp::socket client;
    tcp::socket server;
    const Weather& weather;
    std::function<void(const std::shared_ptr<Link>&)> on_end;
    std::atomic<std::size_t>& cuts;
    bool lost = false;
    Direction up{client, server, weather.limit_up};
    Direction down{server, client, weather.limit_down};
};

}  // namespace

struct TcpProxy::Core {
    explicit Core(std::uint16_t port)
        : target(port), acceptor(io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}) {
        accept_next();
        thread = std::thread{[this] { io.run(); }};
    }

    ~Core() {
        asio::post(io, [this] {
            acceptor.close();
            cut();
        });
        thread.join();
    }

    void accept_next() {
        acceptor.async_accept([this](error_code failed, tcp::socket socket) {
            if (failed) return;
            if (refusing) {
                reset(socket);
            } else {
                add(std::move(socket));
            }
            accept_next();
        });
    }

    void add(tcp::socket socket) {
        const auto forget = [this](const std::shared_ptr<Link>& link) {
            links.erase(link);
            open = links.size();
        };
        const auto link = std::make_shared<Link>(std::move(socket), weather, forget, cut_short);
        links.insert(link);
        newest = link;
        open = links.size();
        ++accepted;
        link->connect(target);
    }

    void cut() {
        for (const auto& link : Links{links})
            link->cut();
    }

    // Runs it on the proxy's thread, and returns when it is done.
    template <class Action>
    void run(Action action) {
        std::promise<void> done;
        asio::post(io, [&action, &done] {
            action();
            done.set_value();
        });
        done.get_future().wait();
    }

    std::uint16_t target;
    asio::io_context io{1};
    tcp::acceptor acceptor;
    Weather weather;
    Links links;
    bool refusing = false;
    std::atomic<std::size_t> open = 0;
    std::atomic<std::size_t> accepted = 0;
    std::atomic<std::size_t> cut_short = 0;
    std::shared_ptr<Link> newest;
    std::thread thread;
};

TcpProxy::TcpProxy(std::uint16_t target_port) : core_(std::make_unique<Core>(target_port)) {}

TcpProxy::~TcpProxy() = default;

std::uint16_t TcpProxy::port() const {
    return core_->acceptor.local_endpoint().port();
}

void TcpProxy::cut() {
    core_->run([core = core_.get()] { core->cut(); });
}

void TcpProxy::refuse() {
    core_->run([core = core_.get()] {
        core->refusing = true;
        core->cut();
    });
}

void TcpProxy::accept() {
    core_->run([core = core_.get()] { core->refusing = false; });
}

void TcpProxy::stall() {
    core_->run([core = core_.get()] { core->weather.stalled = true; });
}

void TcpProxy::resume() {
    core_->run([core = core_.get()] {
        core->weather.stalled = false;
        for (const auto& link : Links{core->links})
            link->resume();
    });
}

void TcpProxy::lose() {
    core_->run([core = core_.get()] {
        for (const auto& link : core->links)
            link->lost = true;
    });
}

void TcpProxy::cut_after(std::size_t bytes, Way way) {
    core_->run([core = core_.get(), bytes, way] {
        (way == Way::to_server ? core->weather.limit_up : core->weather.limit_down) = bytes;
    });
}

void TcpProxy::cut_no_more() {
    core_->run([core = core_.get()] { core->weather.limit_up = core->weather.limit_down = no_limit; });
}

void TcpProxy::slice(std::size_t bytes) {
    core_->run([core = core_.get(), bytes] { core->weather.slice = bytes; });
}

std::size_t TcpProxy::connections() const {
    return core_->open;
}

std::size_t TcpProxy::accepted() const {
    return core_->accepted;
}

std::size_t TcpProxy::cut_short() const {
    return core_->cut_short;
}

std::size_t TcpProxy::carried(Way way) {
    std::size_t bytes = 0;
    core_->run([core = core_.get(), way, &bytes] {
        if (core->newest)
            bytes = way == Way::to_server ? core->newest->up.carried : core->newest->down.carried;
    });
    return bytes;
}

}  // namespace support
