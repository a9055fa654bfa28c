// What tests of streams are made of: a route, a stream that the test fills, and items.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/route.hpp"
#include "gateway/stream.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace rest {

inline gateway::StreamItem item(std::string json, std::string mark = {}) {
    gateway::StreamItem one;
    one.payload = gateway::Payload{gateway::Bytes{std::move(json)}, gateway::Encoding::json, {}};
    one.mark = std::move(mark);
    return one;
}

/// A stream that remembers whether it is still held.
class HeldStream final : public gateway::OpenStream {
public:
    HeldStream(gateway::StreamOptions options, bool& open, std::deque<gateway::StreamItem>& stored)
        : options_{options}, open_{open}, stored_{stored} {
        open_ = true;
    }
    ~HeldStream() override { open_ = false; }
    void read(gateway::StreamReader&) override {}
    std::optional<gateway::StreamItem> next_stored() override {
        if (stored_.empty()) return std::nullopt;
        gateway::StreamItem next = std::move(stored_.front());
        stored_.pop_front();
        return next;
    }
    const gateway::StreamOptions& options() const override { return options_; }

private:
    gateway::StreamOptions options_;
    bool& open_;
    std::deque<gateway::StreamItem>& stored_;
};

/// `GET /d/{device}/events`: what happens on `/d/{device}/*` of the node.
inline gateway::Route watch_route() {
    gateway::Route route;
    route.name = "watch";
    gateway::HttpSource source;
    source.method = "GET";
    source.path = gateway::pattern("/d/{device}/events", gateway::AddressKind::http);
    const auto scope = gateway::scope_of(source.path, gateway::Scope::Source::http);
    gateway::HappnStream from;
    from.mesh = "node";
    from.path =
        gateway::AddressTemplate::parse("/d/{device}/*", gateway::AddressTemplate::Kind::happn, scope, true)
            .value();
    gateway::Target target;
    target.rule = gateway::StreamTarget{std::move(from), false, {}};
    route.source = std::move(source);
    route.targets.push_back(std::move(target));
    return route;
}

}  // namespace rest
