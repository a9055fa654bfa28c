// A loopback proxy in front of a server, that cuts, stalls, loses, refuses and slices: what a bad network
// does. It runs on a thread of its own; members may be called from any thread but the destructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace support {

class TcpProxy {
public:
    enum class Way { to_server, to_client };

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
    void lose();  // on what is open now no byte moves any more, and neither side is told; new ones work
    /// Each connection that comes from now on is reset when it has carried that many bytes that way.
    void cut_after(std::size_t bytes, Way way);
    void cut_no_more();
    void slice(std::size_t bytes);    // at most so many bytes a write; 0: as they come
    std::size_t connections() const;  // open now
    std::size_t accepted() const;     // since the start, without those refused
    std::size_t cut_short() const;    // by cut_after, since the start
    std::size_t carried(Way way);     // bytes, by the newest connection

private:
    struct Core;
    std::unique_ptr<Core> core_;
};

}  // namespace support
