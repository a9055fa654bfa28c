#include "tests/support/http_service.hpp"

#include "tests/tree/tree.hpp"

namespace support {
namespace {

Command command_of(const HttpServiceOptions& options) {
    std::vector<std::string> arguments{"node", "service.js"};
    if (options.tls)
        arguments.insert(arguments.end(), {"--cert", options.tls->certificate, "--key", options.tls->key});
    if (!options.client_ca.empty()) arguments.insert(arguments.end(), {"--client-ca", options.client_ca});
    return {.arguments = std::move(arguments), .directory = peers_directory()};
}

}  // namespace

HttpService::HttpService(const HttpServiceOptions& options) : process_{command_of(options)} {
    const std::string ready = "READY ";
    const auto line = process_.next_output_line();
    if (!line.starts_with(ready)) throw WaitFailed("the service says: " + line);
    url_ = (options.tls ? "https://localhost:" : "http://127.0.0.1:") + line.substr(ready.size());
}

nlohmann::json HttpService::next_request() {
    return nlohmann::json::parse(process_.next_output_line());
}

nlohmann::json HttpService::next_request(const std::string& url) {
    while (true) {
        auto request = next_request();
        if (request.at("url").get<std::string>().starts_with(url)) return request;
    }
}

}  // namespace support
