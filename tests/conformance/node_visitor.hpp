// A scripted client of the node for replays: keeps what it was sent until the script asks for it. What was
// recorded speaks of other session ids than those our node gives; Names translates.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/happn/node/node.hpp"

namespace replay {

using Json = nlohmann::json;

class Link final : public gateway::WebsocketLink {
public:
    void send(gateway::Bytes text) override { frames.push_back(Json::parse(text.view())); }
    std::size_t backlog() const override { return 0; }
    void close(std::uint16_t) override { closed = true; }

    std::deque<Json> frames;
    bool closed = false;
};

class NoSinks final : public gateway::SinkDirectory {
public:
    gateway::Sink* broker(std::string_view) override { return nullptr; }
    gateway::Sink* mesh(std::string_view) override { return nullptr; }
};

/// Our node under the name of the recorded one.
struct NodeUnderTest {
    boost::asio::io_context context;
    gateway::Metrics metrics;
    NoSinks sinks;
    gateway::Dispatcher dispatcher{{}, sinks, metrics};
    gateway::GatewayIdentity identity{"TestNode", "gateway-id", "0.1.0"};
    happn::Node node{context, {}, identity, dispatcher, metrics};
};

class Visitor {
public:
    explicit Visitor(happn::Node& node)
        : peer_{node.open(link_, {"/primus?_primuscb=X", "127.0.0.1", 4711, {}})} {}

    void say(const std::string& text) { peer_->on_text(text); }

    /// Takes the next frame if it fits; nullopt: it does not, or there is none.
    template <typename Fits>
    std::optional<Json> take_next(Fits fits) {
        return take_past(fits, [](const Json&) { return false; });
    }
    /// The same, past frames that stand in no order to it.
    template <typename Fits, typename Unordered>
    std::optional<Json> take_past(Fits fits, Unordered unordered) {
        auto& frames = link_.frames;
        const auto found = std::find_if(frames.begin(), frames.end(), [&](const Json& frame) {
            return fits(frame) || !unordered(frame);
        });
        if (found == frames.end() || !fits(*found)) {
            return std::nullopt;
        }
        Json frame = std::move(*found);
        frames.erase(found);
        return frame;
    }
    /// Drops frames from the front that the script is not about.
    template <typename Ignored>
    void skip(Ignored ignored) {
        while (!link_.frames.empty() && ignored(link_.frames.front())) {
            link_.frames.pop_front();
        }
    }
    const std::deque<Json>& left() const { return link_.frames; }
    bool closed() const { return link_.closed; }

private:
    Link link_;
    std::unique_ptr<gateway::WebsocketPeer> peer_;
};

/// Recorded text -> the same thing in this run.
class Names {
public:
    void add(const Json& recorded, const Json& here) {
        if (recorded.is_string() && here.is_string() && recorded != here) {
            pairs_.emplace_back(recorded.get<std::string>(), here.get<std::string>());
        }
    }
    Json translated(const Json& recorded) const { return Json::parse(translated(recorded.dump())); }
    std::string translated(std::string text) const {
        for (const auto& [from, to] : pairs_) {
            for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
                text.replace(at, from.size(), to);
            }
        }
        return text;
    }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace replay
