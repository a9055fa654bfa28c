// Structured logs: one line an event, as text or JSON. error = someone must act; warn = odd, nothing lost;
// info = life-cycle; debug = per message. Callable from any thread. Secrets cannot be formatted.
#pragma once

#include <spdlog/formatter.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>
#include <string_view>

namespace gateway {

enum class LogFormat { text, json };

/// Once, at start, before other threads log: level is one of trace debug info warn error (anything else means
/// info); logs go to standard error.
void configure_log(std::string_view level, LogFormat format);

/// nullopt: no such level.
std::optional<spdlog::level::level_enum> log_level(std::string_view name);

/// One event, one line, whatever its text holds: JSON `{"time","level","message"}` (time as RFC 3339, UTC),
/// or text with control characters written as escapes.
std::unique_ptr<spdlog::formatter> log_formatter(LogFormat format);

namespace log = spdlog;

}  // namespace gateway
