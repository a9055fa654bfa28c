// What each client address uses: connections at once, and requests by a token bucket. Addresses of IPv6
// clients count by their /64, which is what one customer is given. Bounded: who has not been seen for longest
// is forgotten first, which only gives back a full bucket. Owned by the listeners; shard's thread.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/clock.hpp"
#include "gateway/listener_settings.hpp"

namespace rest {

class ClientTable {
public:
    static constexpr std::size_t max_buckets = 20'000;

    explicit ClientTable(gateway::ClientLimits limits) : limits_{limits} {}

    /// False: that client has its share of connections. True is followed by leave() in the end.
    bool enter(std::string_view address);
    void leave(std::string_view address);

    /// A request of this client: nullopt if it may be served, or how long to wait for the next one.
    std::optional<gateway::Duration> request(std::string_view address, gateway::TimePoint now);

    std::size_t buckets() const { return buckets_.size(); }

private:
    struct Bucket {
        std::string client;
        double tokens = 0;
        gateway::TimePoint filled;
    };
    Bucket& bucket_of(std::string client, gateway::TimePoint now);

    gateway::ClientLimits limits_;
    std::unordered_map<std::string, std::size_t> connections_;
    std::list<Bucket> order_;  // the one seen last first
    std::unordered_map<std::string, std::list<Bucket>::iterator> buckets_;
};

/// "2001:db8:1:2::" of "2001:db8:1:2:3:4:5:6"; anything else as it is.
std::string client_of(std::string_view address);

}  // namespace rest
