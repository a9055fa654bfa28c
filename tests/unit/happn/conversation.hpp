// A mesh played by the test: the session's frames are looked at and answered one by one, on a clock of the
// test's own.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "adapters/happn/exchange.hpp"
#include "adapters/happn/session_fsm.hpp"

namespace happn::test {

using nlohmann::json;
using namespace std::chrono_literals;

inline constexpr const char* session_id = "b7a3f8f0-0000-4000-8000-000000000001";

struct FakePort final : SessionPort {
    explicit FakePort(const gateway::TimePoint& clock) : clock_{clock} {}

    void send(std::string frame) override { sent.push_back(json::parse(frame)); }
    void drop() override { ++dropped; }
    void on_ready() override { ++ready; }
    void count(std::string_view name) override { ++counts[std::string{name}]; }
    gateway::TimePoint now() const override { return clock_; }

    std::deque<json> sent;
    std::map<std::string, int> counts;
    int dropped = 0;
    int ready = 0;

private:
    const gateway::TimePoint& clock_;
};

class Conversation {
public:
    explicit Conversation(SessionSettings settings = {})
        : fsm{std::move(settings), port}, exchange{fsm, port} {}

    void open() { fsm.on_open(now); }

    void hear(const json& frame) { fsm.on_text(frame.dump(), now); }
    void hear_text(std::string_view text) { fsm.on_text(text, now); }

    void pass(gateway::Duration time) {
        now += time;
        exchange.on_tick(now);
        fsm.on_tick(now);
    }

    void cut() {
        exchange.on_closed("cut");
        fsm.on_closed("cut");
        port.sent.clear();
        port.dropped = 0;
    }

    /// The next frame the session has sent, which must be this action.
    json expect(const std::string& action) {
        if (port.sent.empty()) {
            ADD_FAILURE() << "nothing was sent where '" << action << "' was expected";
            return json::object();
        }
        auto frame = port.sent.front();
        port.sent.pop_front();
        EXPECT_TRUE(frame.is_object() && frame.value("action", "") == action) << frame.dump();
        return frame;
    }

    json expect_control() {
        if (port.sent.empty()) {
            ADD_FAILURE() << "nothing was sent where a control string was expected";
            return json{};
        }
        auto frame = port.sent.front();
        port.sent.pop_front();
        EXPECT_TRUE(frame.is_string()) << frame.dump();
        return frame;
    }

    void reply(const json& request, const json& data = nullptr, const json& meta = json::object()) {
        json answer{{"data", data},
                    {"_meta", {{"type", "response"}, {"status", "ok"}, {"published", false}}}};
        answer["_meta"]["eventId"] = request.value("eventId", json{});
        answer["_meta"]["action"] = request.value("action", "");
        answer["_meta"].update(meta);
        hear(answer);
    }

    void reply_error(const json& request, const json& error) {
        json answer{{"data", nullptr},
                    {"_meta", {{"type", "response"}, {"status", "error"}, {"error", error}}}};
        answer["_meta"]["eventId"] = request.value("eventId", json{});
        hear(answer);
    }

    static json login_answer(bool secure = false) {
        json data{{"id", session_id}, {"happn", {{"name", "TestNode"}, {"secure", secure}}}};
        if (secure) {
            data["user"] = {{"username", "tester"}};
            data["token"] = "the.token";
        }
        return data;
    }

    /// The whole way to ready, as a mesh that says yes to everything.
    void join(bool secure = false) {
        open();
        reply(expect("configure-session"));
        reply(expect("describe"), {{"name", "TestNode"}, {"secure", secure}});
        reply(expect("login"), login_answer(secure));
        answer_subscriptions();
    }

    void answer_subscriptions() {
        while (!port.sent.empty()) {
            reply(expect("on"), {{"id", "ref-" + std::to_string(++references)}});
        }
    }

    void publish(const std::string& channel,
                 const std::string& path,
                 const json& data,
                 const json& meta = {}) {
        json frame{
            {"data", data},
            {"_meta", {{"type", "data"}, {"channel", channel}, {"path", path}, {"action", "/SET@" + path}}}};
        if (meta.is_object()) {
            frame["_meta"].update(meta);
        }
        hear(frame);
    }

    gateway::TimePoint now{1h};
    FakePort port{now};
    SessionFsm fsm;
    Exchange exchange;
    int references = 0;
};

inline SessionSettings secure_settings() {
    SessionSettings settings;
    settings.username = "tester";
    settings.password = gateway::Secret{"pw"};
    return settings;
}

inline SessionSettings old_settings() {
    SessionSettings settings;
    settings.protocols = {std::string{oldest_protocol}};
    return settings;
}

}  // namespace happn::test
