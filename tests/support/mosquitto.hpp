// A real mosquitto on a loopback port of its own, configured for one test. Stopped by the destructor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

struct MosquittoOptions {
    std::string username = {};  // empty: everyone may connect
    std::string password = {};
    bool persistence = false;  // sessions and retained messages survive stop(), not kill()
    std::string more = {};     // lines for mosquitto.conf
};

class Mosquitto {
public:
    explicit Mosquitto(const MosquittoOptions& options = {});

    std::uint16_t port() const { return port_; }
    std::string url() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

    void stop();   // as an operator does: sessions are told, persistence is written
    void kill();   // as a crash does
    void start();  // again, on the same port; returns when it listens

    /// Waits until some client has subscribed to exactly this filter since the last start.
    void wait_for_subscription(const std::string& filter);

    Process& process() { return *process_; }

private:
    TemporaryDirectory directory_;
    std::uint16_t port_;
    std::string config_;
    std::optional<Process> process_;
};

}  // namespace support
