#include "gateway/log.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace gateway {
namespace {

std::string written(LogFormat format, spdlog::level::level_enum level, const std::string& text) {
    std::ostringstream out;
    spdlog::logger logger{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out)};
    logger.set_level(spdlog::level::trace);
    logger.set_formatter(log_formatter(format));
    logger.log(level, "{}", text);
    return out.str();
}

long lines(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
}

std::string hostile() {
    std::string text = "\"}\n{\"level\":\"error\",\"message\":\"forged\\\"\r\t\x1b[31m\x7f";
    text.push_back('\0');
    return text + "\xff\xc3(";
}

TEST(Log, HostileTextStaysOneValidJsonLine) {
    const auto line = written(LogFormat::json, spdlog::level::warn, hostile());

    EXPECT_EQ(lines(line), 1);
    EXPECT_EQ(line.back(), '\n');
    const auto event = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(event.is_object()) << line;
    EXPECT_EQ(event.size(), 3u);
    EXPECT_EQ(event.at("level"), "warn");
    const auto message = event.at("message").get<std::string>();
    EXPECT_EQ(message.substr(0, 3), "\"}\n");
}

TEST(Log, JsonKeepsHarmlessTextUnchanged) {
    const auto event =
        nlohmann::json::parse(written(LogFormat::json, spdlog::level::info, "grüße {} a/b"), nullptr, false);

    ASSERT_TRUE(event.is_object());
    EXPECT_EQ(event.at("message"), "grüße {} a/b");
    EXPECT_EQ(event.at("level"), "info");
}

TEST(Log, TimeIsUtcWithMilliseconds) {
    const auto event =
        nlohmann::json::parse(written(LogFormat::json, spdlog::level::info, "x"), nullptr, false);

    ASSERT_TRUE(event.is_object());
    EXPECT_TRUE(std::string{event.at("time")}.size() == 24 && std::string{event.at("time")}.back() == 'Z')
        << event.at("time");
}

TEST(Log, HostileTextStaysOneLineOfText) {
    const auto line = written(LogFormat::text, spdlog::level::err, hostile());

    EXPECT_EQ(lines(line), 1);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_EQ(line.find('\0'), std::string::npos);
    EXPECT_NE(line.find(" error "), std::string::npos) << line;
    EXPECT_NE(line.find("\\n{"), std::string::npos) << line;
}

TEST(Log, LevelsAreKnownByTheirNames) {
    EXPECT_EQ(log_level("debug"), spdlog::level::debug);
    EXPECT_EQ(log_level("error"), spdlog::level::err);
    EXPECT_EQ(log_level("loud"), std::nullopt);
}

TEST(Log, WhatIsBelowTheConfiguredLevelIsNotLogged) {
    configure_log("warn", LogFormat::text);

    EXPECT_FALSE(spdlog::default_logger()->should_log(spdlog::level::info));
    EXPECT_TRUE(spdlog::default_logger()->should_log(spdlog::level::warn));
}

}  // namespace
}  // namespace gateway
