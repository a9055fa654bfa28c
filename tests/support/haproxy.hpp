// A real haproxy as a test configures it. It needs no rights but those of the test. Stopped by the
// destructor.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

class Haproxy {
public:
    /// What stands behind its section `defaults`; `port`: one that it binds there. Returns when it takes
    /// connections.
    Haproxy(const std::string& sections, std::uint16_t port);

    /// It tells of servers that come and go, and of every connection that ends.
    Process& process() { return process_; }

private:
    TemporaryDirectory directory_;
    Process process_;
};

}  // namespace support
