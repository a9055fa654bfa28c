#include "gateway/expression/level_collector.hpp"

#include <utility>

namespace gateway {
namespace {

using Segment = AddressPattern::Segment;

Segment made(Segment::Kind kind) {
    Segment segment;
    segment.kind = kind;
    if (kind == Segment::Kind::rest) segment.type = CaptureType::rest;
    return segment;
}

}  // namespace

void LevelCollector::text(std::string_view text, std::string_view wildcards) {
    for (auto at = text.find_first_of(wildcards); at != std::string_view::npos;
         at = text.find_first_of(wildcards)) {
        literal(text.substr(0, at));
        text.remove_prefix(at);
        if (text.starts_with('#') || text.starts_with("**")) return rest();
        one_level();
        text.remove_prefix(1);
    }
    literal(text);
}

void LevelCollector::literal(std::string_view text) {
    for (const char character : text) {
        if (rest_) return;
        if (character == '/') {
            end();
        } else {
            (open_ ? suffix_ : prefix_) += character;
        }
    }
}

void LevelCollector::one_level() {
    open_ = true;
    suffix_.clear();
}

void LevelCollector::rest() {
    if (!rest_) segments_.push_back(made(Segment::Kind::rest));
    rest_ = true;
}

std::vector<Segment> LevelCollector::finish() {
    if (!rest_) end();
    return std::move(segments_);
}

void LevelCollector::end() {
    const bool partial = open_ && !(prefix_.empty() && suffix_.empty());
    auto segment = made(!open_    ? Segment::Kind::literal
                        : partial ? Segment::Kind::partial
                                  : Segment::Kind::wildcard);
    if (!open_) segment.literal = std::exchange(prefix_, {});
    segment.prefix = std::exchange(prefix_, {});
    segment.suffix = std::exchange(suffix_, {});
    segments_.push_back(std::move(segment));
    open_ = false;
}

}  // namespace gateway
