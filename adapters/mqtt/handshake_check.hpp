// Says why no TLS connection to a broker comes about. The MQTT library does not tell what was wrong with a
// certificate, so after it has failed the gateway tries a handshake of its own, with the same settings, and
// closes it again. Owned by Broker; on the shard's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "gateway/settings.hpp"

namespace gateway::mqtt {

class HandshakeCheck {
public:
    /// Throws std::runtime_error if a certificate or key of a broker with TLS cannot be used.
    HandshakeCheck(boost::asio::io_context& shard, const BrokerSettings& settings);

    /// Calls `done` once, within 9 seconds after the name is resolved: with what is wrong, or nothing if TLS
    /// is not what fails.
    void run(std::function<void(std::string)> done) const;

private:
    boost::asio::io_context& shard_;
    Endpoint endpoint_;
    std::vector<std::string> alpn_;
    std::shared_ptr<boost::asio::ssl::context> context_;  // null: without TLS
};

}  // namespace gateway::mqtt
