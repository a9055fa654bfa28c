#include "gateway/utc_text.hpp"

#include <fmt/format.h>

#include <ctime>

namespace gateway {

std::string utc_text(WallTime when) {
    constexpr WallTime milliseconds_a_second = 1000;
    const auto seconds = static_cast<std::time_t>(when / milliseconds_a_second);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    return std::string{text, length} + fmt::format(".{:03}Z", when % milliseconds_a_second);
}

}  // namespace gateway
