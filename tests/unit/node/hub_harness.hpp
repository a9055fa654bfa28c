// A node without sockets, and scripted clients of it: text in, the frames that follow out, as parsed JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/happn/node/hub.hpp"

namespace happn::node::test {

using Json = nlohmann::json;

class FakeLink final : public gateway::WebsocketLink {
public:
    void send(gateway::Bytes text) override { frames_.push_back(text.str()); }
    std::size_t backlog() const override { return backlog_; }
    void close(std::uint16_t code) override { closed_ = code; }

    std::vector<Json> take() {
        std::vector<Json> taken;
        for (const auto& frame : std::exchange(frames_, {})) {
            taken.push_back(Json::parse(frame));
        }
        return taken;
    }
    void back_up(std::size_t bytes) { backlog_ = bytes; }
    const std::optional<std::uint16_t>& closed() const { return closed_; }

private:
    std::vector<std::string> frames_;
    std::size_t backlog_ = 0;
    std::optional<std::uint16_t> closed_;
};

inline gateway::NodeSettings node_settings() {
    gateway::NodeSettings settings;
    settings.name = "TestNode";
    return settings;
}

class Harness;

class Client {
public:
    Client(Hub& hub, const gateway::TimePoint& now) : hub_{hub}, now_{now} {
        gateway::UpgradeRequest request{"/primus?_primuscb=X", "127.0.0.1", 4711, {}};
        number_ = hub_.open(link_, request, now_);
    }

    /// All frames this client has got since it was last asked, answers and publications in order.
    std::vector<Json> say_text(std::string_view text) {
        hub_.on_text(number_, text, now_);
        return link_.take();
    }
    std::vector<Json> say(const Json& request) { return say_text(request.dump()); }
    /// The only frame that follows.
    Json ask(const Json& request) {
        auto frames = say(request);
        return frames.size() == 1 ? frames.front() : Json{{"not one frame", frames}};
    }
    Json ask(std::string action, std::string path, Json data = nullptr, Json options = Json::object()) {
        return ask({{"action", action},
                    {"eventId", ++event_},
                    {"path", path},
                    {"data", data},
                    {"options", options}});
    }
    std::vector<Json> heard() { return link_.take(); }
    Client& speak(std::string_view protocol) {
        ask({{"action", "configure-session"}, {"eventId", 1}, {"data", {{"protocol", protocol}}}});
        return *this;
    }
    std::string id() { return hub_.state().find(number_)->id; }
    void leave() { hub_.closed(number_); }

    FakeLink& link() { return link_; }
    SessionNumber number() const { return number_; }

private:
    Hub& hub_;
    const gateway::TimePoint& now_;
    FakeLink link_;
    SessionNumber number_ = 0;
    int event_ = 100;
};

class Harness {
public:
    explicit Harness(gateway::NodeSettings settings = node_settings())
        : hub_{std::move(settings), metrics_, [this](Published p) { published_.push_back(std::move(p)); }} {}

    std::string metrics() const { return metrics_.text({}, {}); }

    Client& connect(std::string_view protocol = "happn_4") {
        clients_.push_back(std::make_unique<Client>(hub_, now_));
        return clients_.back()->speak(protocol);
    }
    Client& connect_silently() {
        clients_.push_back(std::make_unique<Client>(hub_, now_));
        return *clients_.back();
    }
    /// Lets time pass, ticking as the node's timer does.
    void pass(std::chrono::seconds time) {
        for (const auto until = now_ + time; now_ < until;) {
            now_ += std::chrono::seconds{5};
            hub_.on_tick(now_);
        }
    }

    Hub& hub() { return hub_; }
    std::vector<Published>& published() { return published_; }

private:
    gateway::TimePoint now_{std::chrono::hours{1}};
    gateway::Metrics metrics_;
    std::vector<Published> published_;
    Hub hub_;
    std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace happn::node::test
