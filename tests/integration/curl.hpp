// A reader of streams that nobody of ours has written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/gateway_process.hpp"
#include "tests/support/process.hpp"

namespace support {

/// curl, which prints what it is sent, line by line.
class Curl {
public:
    Curl(const GatewayProcess& gateway, const std::string& path, std::vector<std::string> options = {})
        : Curl{"http://127.0.0.1:" + std::to_string(gateway.port()) + path, std::move(options)} {}
    explicit Curl(const std::string& url, std::vector<std::string> options = {})
        : process_{command(url, std::move(options))} {}

    std::string wait_for(const std::string& text) { return process_.wait_for_line(text); }
    std::string next_line() { return process_.next_output_line(); }
    /// Of the next event or line, as JSON.
    nlohmann::json next_data() {
        for (;;) {
            const std::string line = next_line();
            if (line.starts_with("id: ")) last_id = line.substr(4);
            if (line.starts_with("data: ")) return nlohmann::json::parse(line.substr(6));
            if (line.starts_with("{")) return nlohmann::json::parse(line);
        }
    }
    int wait() { return process_.wait(); }
    std::string output() const { return process_.output(); }

    std::string last_id;

private:
    static Command command(const std::string& url, std::vector<std::string> options) {
        std::vector<std::string> arguments{"curl", "-sN", "--max-time", "60"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.push_back(url);
        return {std::move(arguments), {}, {}};
    }
    Process process_;
};

}  // namespace support
