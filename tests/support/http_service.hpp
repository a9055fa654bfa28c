// A real HTTP or HTTPS service (tests/peers/service.js) that tells what it was asked. One thread at a time.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/certificates.hpp"
#include "tests/support/process.hpp"

namespace support {

struct HttpServiceOptions {
    std::optional<CertificateFiles> tls = std::nullopt;  // issued for localhost
    std::string client_ca = {};                          // it lets in only who shows a certificate of this
};

class HttpService {
public:
    explicit HttpService(const HttpServiceOptions& options = {});

    /// "http://127.0.0.1:PORT", or "https://localhost:PORT".
    std::string url() const { return url_; }

    /// The next request that was not given yet: {method, url, headers, body, connection}.
    nlohmann::json next_request();
    /// The next one whose url begins so; those before it are passed over.
    nlohmann::json next_request(const std::string& url);

    void kill() { process_.kill(); }

private:
    Process process_;
    std::string url_;
};

}  // namespace support
