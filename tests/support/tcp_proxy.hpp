// A loopback proxy in front of a server, that cuts, stalls, refuses and slices: what a bad network does. It
// runs on a thread of its own; members may be called from any thread but the destructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace support {

class TcpProxy {
public:
    explicit TcpProxy(std::uint16_t target_port);  // listens at once
    ~TcpProxy();
    TcpProxy(const TcpProxy&) = delete;
    TcpProxy& operator=(const TcpProxy&) = delete;

    std::uint16_t port() const;

    void cut();     // resets every connection; new ones are taken
    void refuse();  // cut(), and new ones are reset as soon as they come, until accept()
    void accept();
    void stall();  // connections stay and come, but no byte moves, until resume()
    void resume();
    void slice(std::size_t bytes);    // at most so many bytes a write; 0: as they come
    std::size_t connections() const;  // open now
    std::size_t accepted() const;     // since the start, without those refused

private:
    struct Core;
    std::unique_ptr<Core> core_;
};

}  // namespace support
