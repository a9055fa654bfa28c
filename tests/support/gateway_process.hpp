// The real gateway binary with a configuration of the test's own, on ports of its own. When the test is done
// with it, nothing may be pending, it must hold the sum rule, before and after its drain, and end with exit
// code 0 on SIGTERM: stop() checks all of it, and the destructor calls it. Failed waits throw WaitFailed with
// the gateway's log. One thread at a time.
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/support/patience.hpp"
#include "tests/support/process.hpp"
#include "tests/support/sum_rule.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

struct GatewayFiles {
    /// The sections of gateway.yaml that the test is about: brokers, meshes, rest ... Those of name, listen,
    /// admin, log and mappings that it does not have are added.
    std::string settings;
    std::map<std::string, std::string> mappings;  // file name -> text
    std::map<std::string, std::string> environment = {};  // GATEWAY_PORT, of the first listener, is added
};

enum class StartUntil {
    ready,      // all that is required is connected and subscribed
    listening,  // it answers, whatever it may be missing
};

enum class InFlight {
    nothing,    // every message has its outcome, now or soon
    something,  // the test stops the gateway in the middle of it
};

class GatewayProcess {
public:
    explicit GatewayProcess(const GatewayFiles& files, StartUntil until = StartUntil::ready);
    ~GatewayProcess();
    GatewayProcess(const GatewayProcess&) = delete;
    GatewayProcess& operator=(const GatewayProcess&) = delete;

    std::uint16_t port() const { return port_; }  // of the first listener: HTTP and happn
    std::uint16_t admin_port() const { return admin_port_; }
    /// New clients, with limits of `patience`, that follow no redirects.
    httplib::Client http() const;
    httplib::Client admin() const;

    std::string metrics() const;
    RouteCounts route(const std::string& name) const;  // fails the test when there is no such route
    bool ready() const;                                // GET /ready is 200
    std::string readiness() const;                     // its body
    /// Throws with the last body when it does not become so.
    void wait_until_ready(bool expected = true, std::chrono::milliseconds limit = patience) const;

    /// Once: nothing pending, the sum rule, SIGTERM, exit code 0, the sum rule.
    void stop(InFlight in_flight = InFlight::nothing);

    /// As a crash does: nothing is checked.
    void kill();

    Process& process() { return *process_; }

private:
    void expect_nothing_pending() const;

    TemporaryDirectory directory_;
    std::uint16_t port_;
    std::uint16_t admin_port_;
    std::optional<Process> process_;
    bool stopped_ = false;
};

}  // namespace support
