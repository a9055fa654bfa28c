#include "adapters/rest/login_limit.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace rest {

using gateway::Duration;
using gateway::TimePoint;

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t network_bytes = 8;  // of an IPv6 address

}  // namespace

/// What is under way is owed in full: it is not known yet whether it will have to be paid for.
Duration LoginLimit::wait(std::string_view key, TimePoint now) const {
    key = key.substr(0, max_key_size);
    const auto tries = under_way_.find(key);
    const auto paid = paid_at_.find(key);
    Duration owed = tries == under_way_.end() ? Duration::zero() : allowance_.interval * tries->second;
    if (paid != paid_at_.end()) owed += std::max(paid->second - now, Duration::zero());
    const Duration allowed = allowance_.interval * (allowance_.at_once - 1);
    return std::max(owed - allowed, Duration::zero());
}

void LoginLimit::begin(std::string_view key) {
    ++under_way_[std::string{key.substr(0, max_key_size)}];
}

void LoginLimit::end(std::string_view key) {
    const auto tries = under_way_.find(key.substr(0, max_key_size));
    if (tries != under_way_.end() && --tries->second == 0) under_way_.erase(tries);
}

void LoginLimit::failed(std::string_view key, TimePoint now) {
    const std::string name{key.substr(0, max_key_size)};
    const auto found = paid_at_.find(name);
    const TimePoint before = found == paid_at_.end() ? now : std::max(found->second, now);
    set(name, before + allowance_.interval);
    if (paid_at_.size() > max_keys) forget(paid_at_.find(in_order_.begin()->second));
}

void LoginLimit::set(const std::string& key, TimePoint paid) {
    if (const auto found = paid_at_.find(key); found != paid_at_.end()) forget(found);
    paid_at_.emplace(key, paid);
    in_order_.emplace(paid, key);
}

void LoginLimit::forget(Entries::iterator entry) {
    in_order_.erase({entry->second, entry->first});
    paid_at_.erase(entry);
}

std::string network_of(std::string_view address) {
    boost::system::error_code error;
    const auto parsed = ip::make_address(std::string{address}, error);
    if (error || parsed.is_v4()) return std::string{address};
    const auto v6 = parsed.to_v6();
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + network_bytes, bytes.end(), static_cast<unsigned char>(0));
    return ip::address_v6{bytes}.to_string();
}

}  // namespace rest
