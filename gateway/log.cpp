#include "gateway/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <string>

#include "gateway/json.hpp"
#include "gateway/utc_text.hpp"

namespace gateway {
namespace {

struct LevelName {
    std::string_view name;
    spdlog::level::level_enum level;
};

constexpr LevelName level_names[] = {
    {"trace", spdlog::level::trace},
    {"debug", spdlog::level::debug},
    {"info", spdlog::level::info},
    {"warn", spdlog::level::warn},
    {"error", spdlog::level::err},
    {"error", spdlog::level::critical},
};

std::string_view level_name(spdlog::level::level_enum level) {
    for (const auto& entry : level_names) {
        if (entry.level == level) return entry.name;
    }
    return "info";
}

std::string utc_time(spdlog::log_clock::time_point when) {
    return utc_text(std::chrono::duration_cast<Milliseconds>(when.time_since_epoch()).count());
}

std::string_view text_of(const spdlog::details::log_msg& event) {
    return {event.payload.data(), event.payload.size()};
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
}

bool control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void append_escaped(spdlog::memory_buf_t& out, std::string_view text) {
    for (const char c : text) {
        if (!control(c)) {
            out.push_back(c);
        } else if (c == '\n') {
            append(out, "\\n");
        } else {
            append(out, fmt::format("\\x{:02x}", static_cast<unsigned char>(c)));
        }
    }
}

class TextFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override {
        append(out, fmt::format("{} {:5} ", utc_time(event.time), level_name(event.level)));
        append_escaped(out, text_of(event));
        out.push_back('\n');
    }

    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<TextFormatter>(); }
};

class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override {
        std::string line = fmt::format(
            R"({{"time":"{}","level":"{}","message":)", utc_time(event.time), level_name(event.level));
        json::append_quoted(line, text_of(event));
        line += "}\n";
        append(out, line);
    }

    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

std::optional<spdlog::level::level_enum> log_level(std::string_view name) {
    for (const auto& entry : level_names) {
        if (entry.name == name) return entry.level;
    }
    return std::nullopt;
}

std::unique_ptr<spdlog::formatter> log_formatter(LogFormat format) {
    if (format == LogFormat::json) return std::make_unique<JsonFormatter>();
    return std::make_unique<TextFormatter>();
}

void configure_log(std::string_view level, LogFormat format) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto logger = std::make_shared<spdlog::logger>("gateway", std::move(sink));
    logger->set_formatter(log_formatter(format));
    logger->set_level(log_level(level).value_or(spdlog::level::info));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace gateway
