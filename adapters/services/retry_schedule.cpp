#include "adapters/services/retry_schedule.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace services {
namespace {

using gateway::Duration;

constexpr long long longest_retry_after = 365LL * 24 * 3600;
constexpr std::int64_t milliseconds_a_second = 1000;

}  // namespace

std::optional<Duration> next_wait(const gateway::Retry& rule,
                                  const FailedAttempt& failed,
                                  double chance,
                                  gateway::TimePoint now,
                                  gateway::TimePoint deadline) {
    if (failed.number > rule.max || !rule.covers(failed.status)) return std::nullopt;
    auto wait = rule.wait(failed.number, chance);
    if (failed.retry_after) wait = std::max(wait, *failed.retry_after);
    return wait < deadline - now ? std::optional{wait} : std::nullopt;
}

std::optional<Duration> read_retry_after(std::string_view text, gateway::WallTime now) {
    long long seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number) {
        const std::time_t date = curl_getdate(std::string{text}.c_str(), nullptr);
        if (date < 0) return std::nullopt;
        seconds = static_cast<long long>(date) - now / milliseconds_a_second;
    }
    if (is_number && seconds < 0) return std::nullopt;
    return std::chrono::seconds{std::clamp(seconds, 0LL, longest_retry_after)};
}

}  // namespace services
