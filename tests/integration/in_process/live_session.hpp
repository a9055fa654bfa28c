// The gateway's happn client in this process, on a real mesh: asked one thing after the other, in the words
// of JSON.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/happn/client_session.hpp"
#include "tests/support/js_peer.hpp"

namespace support {

using namespace std::chrono_literals;

/// What came of a request: `error` is null where it was answered with ok.
struct LiveAnswer {
    nlohmann::json data;
    nlohmann::json meta;
    nlohmann::json items;  // of a list
    std::optional<gateway::Error> error;
};

struct LivePublication {
    std::string path;
    nlohmann::json data;
    nlohmann::json meta;
    bool removed = false;
    bool initial = false;
};

class LiveSession {
public:
    LiveSession(boost::asio::io_context& io, std::uint16_t port, happn::SessionSettings settings = {})
        : io_{io}, session_{io, destination(port), std::move(settings), metrics_} {
        session_.watch([this] { ++ready_; }, [this](const happn::Ending& ending) { ending_ = ending; });
        session_.start();
        run_until([this] { return ready_ > 0 || ending_.has_value(); });
    }
    ~LiveSession() { session_.stop(); }

    bool ready() const { return session_.ready(); }
    const std::optional<happn::Ending>& ending() const { return ending_; }
    happn::ClientSession& session() { return session_; }
    std::string metrics() const { return metrics_.text({}, {}); }
    const happn::SessionFacts& facts() const { return session_.session().facts(); }

    LiveAnswer ask(const std::string& action,
                   const std::string& path = {},
                   const nlohmann::json& data = nullptr,
                   const nlohmann::json& options = nlohmann::json::object()) {
        const auto data_text = data.dump();
        const auto options_text = options.dump();
        std::optional<LiveAnswer> answer;
        session_.ask({action, path, data_text, options_text}, deadline(), [&](const auto& got) {
            answer = answer_of(got);
        });
        run_until([&] { return answer.has_value(); });
        return answer.value_or(LiveAnswer{{}, {}, {}, gateway::Error{gateway::Errc::timeout, "no answer"}});
    }

    /// A `set` with consistency 3: whether every subscriber has acknowledged it.
    bool set_acknowledged(const std::string& path, const nlohmann::json& data) {
        const auto data_text = data.dump();
        std::optional<bool> acknowledged;
        session_.ask_acknowledged(
            {"set", path, data_text, R"({"consistency":3})"},
            deadline(),
            [&](const auto& got) {
                if (got.has_error()) acknowledged = false;
            },
            [&](const auto& error) { acknowledged = !error; });
        run_until([&] { return acknowledged.has_value(); });
        return acknowledged.value_or(false);
    }

    /// Whether the mesh took the subscription.
    bool on(const std::string& channel, bool initial = false, const std::string& meta = {}) {
        std::optional<bool> made;
        session_.session().subscribe(
            {channel, initial, true, meta},
            [this](const happn::Publication& publication) { keep(publication); },
            [&](const auto& answer) { made = !answer.has_error(); });
        run_until([&] { return made.has_value(); });
        return made.value_or(false);
    }
    void off(const std::string& channel) {
        session_.session().unsubscribe(channel);
        ask("get", "/barrier");
    }

    /// What has been published to it before it is answered once more.
    std::vector<LivePublication> heard() {
        ask("get", "/barrier");
        return std::exchange(publications_, {});
    }

    gateway::Outcome call(const std::string& component,
                          const std::string& method,
                          const std::string& args,
                          const std::string& on_behalf_of = {}) {
        std::optional<gateway::Outcome> outcome;
        session_.call({"TestNode", component, method, gateway::Bytes{args}, on_behalf_of, true},
                      deadline(),
                      [&](gateway::Outcome got) { outcome = std::move(got); });
        run_until([&] { return outcome.has_value(); });
        return outcome.value_or(
            gateway::Outcome{gateway::Error{gateway::Errc::timeout, "the test waited too long"}});
    }

    template <typename Condition>
    bool run_until(Condition condition) {
        const auto limit = gateway::Clock::now() + patience;
        bool holds = condition();
        while (!holds && gateway::Clock::now() < limit) {
            io_.restart();
            io_.run_one_for(100ms);
            holds = condition();
        }
        return holds;
    }

private:
    static happn::Destination destination(std::uint16_t port) {
        happn::Destination destination;
        destination.endpoint = {"127.0.0.1", port};
        return destination;
    }
    static gateway::TimePoint deadline() { return gateway::Clock::now() + 10s; }
    static nlohmann::json parsed(std::string_view raw) {
        return raw.empty() ? nlohmann::json{} : nlohmann::json::parse(raw);
    }
    static LiveAnswer answer_of(const happn::SessionFsm::Answer& got) {
        if (got.has_error()) return {{}, {}, {}, got.error()};
        const happn::Frame& frame = **got;
        const bool list = frame.kind == happn::Frame::Kind::list;
        return {parsed(frame.data),
                parsed(frame.meta.raw),
                list ? parsed("[" + std::string{frame.items} + "]") : nlohmann::json{},
                {}};
    }
    void keep(const happn::Publication& publication) {
        publications_.push_back({std::string{publication.path},
                                 parsed(publication.data),
                                 parsed(publication.meta),
                                 publication.removed,
                                 publication.initial});
    }

    boost::asio::io_context& io_;
    gateway::Metrics metrics_;
    int ready_ = 0;
    std::optional<happn::Ending> ending_;
    std::vector<LivePublication> publications_;
    happn::ClientSession session_;
};

}  // namespace support
