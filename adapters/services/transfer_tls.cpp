#include "adapters/services/transfer_tls.hpp"

#include <algorithm>

namespace services {
namespace {

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    curl_easy_setopt(easy, option, value);
}

/// Not copied: the settings outlive the transfer.
curl_blob blob_of(const std::string& text) {
    return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
}

struct Authority {
    std::string scheme, host, port;  // port with its colon, or empty
    std::size_t end = 0;             // in the URL
};

Authority authority_of(const std::string& url) {
    const auto start = url.find("://") + 3;
    const auto end = std::min(url.find_first_of("/?", start), url.size());
    const std::string whole = url.substr(start, end - start);
    const auto bracket = whole.rfind(']');
    auto colon = whole.rfind(':');
    if (bracket != std::string::npos && colon != std::string::npos && colon < bracket)
        colon = std::string::npos;
    Authority authority{url.substr(0, start), whole.substr(0, colon), {}, end};
    if (colon != std::string::npos) authority.port = whole.substr(colon);
    return authority;
}

/// The certificate must be for another name than the URL's: asked for under that name, at the URL's host.
void use_server_name(Transfer& transfer, const std::string& name) {
    const Authority authority = authority_of(transfer.url);
    const std::string port = authority.port.empty() ? ":443" : authority.port;
    transfer.headers.add("Host: " + authority.host + authority.port);
    transfer.connect_to.add(name + port + ':' + authority.host + port);
    transfer.url = authority.scheme + name + authority.port + transfer.url.substr(authority.end);
    set(transfer.easy.get(), CURLOPT_CONNECT_TO, transfer.connect_to.first());
}

}  // namespace

void use_tls(Transfer& transfer, const gateway::TlsSettings& tls) {
    CURL* easy = transfer.easy.get();
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!tls.verify) {
        set(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        set(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!tls.ca.empty()) {
        curl_blob blob = blob_of(tls.ca);
        set(easy, CURLOPT_CAINFO_BLOB, &blob);
        set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // these and no others
    }
    if (!tls.certificate.empty()) {
        curl_blob certificate = blob_of(tls.certificate);
        curl_blob key = blob_of(tls.key.reveal());
        set(easy, CURLOPT_SSLCERT_BLOB, &certificate);
        set(easy, CURLOPT_SSLCERTTYPE, "PEM");
        set(easy, CURLOPT_SSLKEY_BLOB, &key);
        set(easy, CURLOPT_SSLKEYTYPE, "PEM");
    }
    if (!tls.server_name.empty() && transfer.url.starts_with("https://"))
        use_server_name(transfer, tls.server_name);
}

}  // namespace services
