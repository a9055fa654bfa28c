// A real browser, headless, on one page: Chromium. It runs until the object goes; what the page finds out it
// must tell the gateway itself.
#pragma once

#include <string>

#include "tests/support/process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace support {

class Browser {
public:
    /// `local_name`: one more name, beside localhost, that it takes for this machine, or as `*.NAME` all
    /// below one; it knows no others.
    explicit Browser(const std::string& url, const std::string& local_name = "localhost");

    /// What it has printed, for failures.
    std::string printed() const { return process_.printed(); }

private:
    TemporaryDirectory profile_;
    Process process_;
};

}  // namespace support
