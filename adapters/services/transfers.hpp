// HTTP requests over libcurl's multi interface, driven by the shard's event loop: connections are pooled and
// kept alive, TLS is verified, bodies are unpacked. One thread; nothing blocks (names are resolved by curl's
// own threads). A handler is called once, never before start() has returned, and not at all after abort().
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/bytes.hpp"
#include "gateway/clock.hpp"
#include "gateway/settings.hpp"

namespace services {

struct TransferRequest {
    std::string method;
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    gateway::Bytes body;
    bool sends_body = false;
    const gateway::TlsSettings* tls = nullptr;  // outlives the transfer
    std::size_t max_response = 0;               // bytes, unpacked
    gateway::Duration timeout{};                // of the whole transfer
    bool public_only = false;                   // private addresses are not connected to, nor asked
};

struct TransferResult {
    enum class Failure : std::uint8_t {
        none,
        unreachable,      // no connection, no trust
        unanswered,       // broken off after the request had been sent: nobody knows what has become of it
        timeout,          //
        too_large,        // the body
        private_address,  // public_only
    };
    Failure failure = Failure::none;
    std::string why;  // for people, of a failure: no secrets, no URL
    int status = 0;
    std::string content_type;
    std::string retry_after;  // the header
    std::string vary;         // the header
    std::string redirect;     // where Location leads from the request's URL, absolute; empty: nowhere
    std::string body;
};

class Transfers {
public:
    using Id = std::uint64_t;
    using Handler = std::function<void(TransferResult&&)>;

    /// `connections`: kept alive at most while idle, over all hosts. `agent`: User-Agent.
    Transfers(boost::asio::io_context& context, std::size_t connections, std::string agent);
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    Id start(TransferRequest request, Handler handler);
    void abort(Id id);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace services
