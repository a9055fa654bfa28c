// A real nginx as a test configures it, with its files in a directory of its own. It needs no rights but
// those of the test. Stopped by the destructor.
#pragma once

#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

class Nginx {
public:
    /// What stands in its block `http`: the ports that it listens on are the test's. Returns when it listens.
    explicit Nginx(const std::string& http);

    /// What it has printed, for failures.
    std::string printed() const { return process_.printed(); }

private:
    TemporaryDirectory directory_;
    Process process_;
};

}  // namespace support
