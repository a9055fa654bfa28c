// Structured logs: one line an event, as text or JSON. error = someone must act; warn = odd, nothing lost; info = life-cycle;
// debug = per message. Callable from any thread. Secrets cannot be formatted.
#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace gateway {

enum class LogFormat { text, json };

/// Once, at start: level is one of trace debug info warn error; logs go to standard error.
void configure_log(std::string_view level, LogFormat format);

namespace log = spdlog;

}  // namespace gateway
