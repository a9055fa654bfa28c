#include "adapters/rest/client_table.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/ip_network.hpp"

namespace rest {
namespace {

constexpr std::size_t customer_prefix = 8;  // bytes: a /64

}  // namespace

std::string client_of(std::string_view address) {
    const bool plain = address.find(':') == std::string_view::npos;
    const auto parsed = plain ? std::nullopt : gateway::parse_ip(address);
    if (!parsed || parsed->is_v4()) return std::string{address};
    auto bytes = parsed->to_v6().to_bytes();
    std::fill(bytes.begin() + customer_prefix, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6{bytes}.to_string();
}

bool ClientTable::enter(std::string_view address) {
    std::size_t& used = connections_[client_of(address)];
    if (used >= limits_.connections) return false;
    ++used;
    return true;
}

void ClientTable::leave(std::string_view address) {
    const auto found = connections_.find(client_of(address));
    if (found != connections_.end() && --found->second == 0) connections_.erase(found);
}

std::optional<gateway::Duration> ClientTable::request(std::string_view address, gateway::TimePoint now) {
    if (!limits_.requests) return std::nullopt;
    Bucket& bucket = bucket_of(client_of(address), now);
    const std::chrono::duration<double> passed = now - bucket.filled;
    const auto full = static_cast<double>(limits_.burst);
    bucket.tokens = std::min(full, bucket.tokens + passed.count() * *limits_.requests);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::nullopt;
    }
    const std::chrono::duration<double> wait{(1 - bucket.tokens) / *limits_.requests};
    return std::chrono::duration_cast<gateway::Duration>(wait);
}

ClientTable::Bucket& ClientTable::bucket_of(std::string client, gateway::TimePoint now) {
    const auto found = buckets_.find(client);
    if (found != buckets_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return order_.front();
    }
    if (buckets_.size() >= max_buckets) {
        buckets_.erase(order_.back().client);
        order_.pop_back();
    }
    order_.push_front({client, static_cast<double>(limits_.burst), now});
    buckets_.emplace(std::move(client), order_.begin());
    return order_.front();
}

}  // namespace rest
