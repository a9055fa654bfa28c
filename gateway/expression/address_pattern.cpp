#include "gateway/expression/address_pattern.hpp"

#include <algorithm>
#include <tuple>

#include "gateway/expression/address_rules.hpp"
#include "gateway/expression/encodings.hpp"
#include "gateway/json.hpp"

namespace gateway {
namespace {

using Segment = AddressPattern::Segment;
using Kind = Segment::Kind;

/// Reads an address level by level.
class Levels {
public:
    explicit Levels(std::string_view address) : left_{address} {}
    bool more() const { return more_; }
    std::string_view rest() const { return left_; }
    std::string_view next() {
        const auto slash = left_.find('/');
        const auto level = left_.substr(0, slash);
        more_ = slash != std::string_view::npos;
        left_ = more_ ? left_.substr(slash + 1) : std::string_view{};
        return level;
    }

private:
    std::string_view left_;
    bool more_ = true;
};

/// A segment of an HTTP path as it is meant, in `decoded` if it has escapes; nullopt: no segment that may
/// match anything.
std::optional<std::string_view> decoded_level(std::string_view level, std::string& decoded) {
    if (level.find('%') != std::string_view::npos) {
        auto text = percent_decoded(level);
        if (!text) return std::nullopt;
        decoded = *std::move(text);
        level = decoded;
    }
    if (level == "." || level == ".." || level.find('/') != std::string_view::npos) return std::nullopt;
    if (!json::valid_utf8(level)) return std::nullopt;
    return level;
}

/// What the capture or wildcard of `segment` takes of `level`, if it takes it at all.
std::optional<std::string_view> taken(const Segment& segment, std::string_view level) {
    switch (segment.kind) {
        case Kind::literal:
            if (level != segment.literal) return std::nullopt;
            return level;
        case Kind::wildcard:
            return level;
        case Kind::partial:
            if (level.size() < segment.prefix.size() + segment.suffix.size() ||
                !level.starts_with(segment.prefix) || !level.ends_with(segment.suffix)) {
                return std::nullopt;
            }
            level.remove_prefix(segment.prefix.size());
            level.remove_suffix(segment.suffix.size());
            break;
        case Kind::typed:
        case Kind::capture:
        case Kind::rest:
            break;
    }
    if (segment.capture >= 0 && level.empty()) return std::nullopt;
    if (!has_type(segment.type, level)) return std::nullopt;
    return level;
}

/// One or more levels; of HTTP decoded.
std::optional<std::string> rest_of(Levels levels, AddressKind kind) {
    if (!levels.more()) return std::nullopt;
    if (kind != AddressKind::http) return std::string{levels.rest()};
    std::string rest;
    std::string decoded;
    while (levels.more()) {
        const auto level = decoded_level(levels.next(), decoded);
        if (!level) return std::nullopt;
        rest += *level;
        if (levels.more()) rest += '/';
    }
    return rest;
}

bool spells_dollar(const Segment& first) {
    return first.literal.starts_with('$') || first.prefix.starts_with('$');
}

/// One side of an overlap that is no literal: is there a text that both take? Says yes when in doubt.
bool types_overlap(CaptureType a, CaptureType b) {
    if (a == b || a == CaptureType::text || b == CaptureType::text) return true;
    const auto is_number = [](CaptureType type) {
        return type == CaptureType::integer || type == CaptureType::number;
    };
    const bool uuid = a == CaptureType::uuid || b == CaptureType::uuid;
    return !(uuid && (is_number(a) || is_number(b)));
}

bool compatible(std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
}

bool ends_compatible(std::string_view a, std::string_view b) {
    return a.ends_with(b) || b.ends_with(a);
}

bool segments_overlap(const Segment& a, const Segment& b) {
    if (a.kind == Kind::literal) return taken(b, a.literal).has_value();
    if (b.kind == Kind::literal) return taken(a, b.literal).has_value();
    if (a.kind == Kind::partial || b.kind == Kind::partial) {
        return compatible(a.prefix, b.prefix) && ends_compatible(a.suffix, b.suffix);
    }
    return types_overlap(a.type, b.type);
}

int type_rank(CaptureType type) {
    switch (type) {
        case CaptureType::integer:
        case CaptureType::uuid:
            return 0;
        case CaptureType::number:
            return 1;
        case CaptureType::slug:
            return 2;
        case CaptureType::text:
            return 3;
        case CaptureType::rest:
            return 4;
    }
    return 4;
}

/// Smaller is more specific; of partial levels the one with more text.
auto rank(const Segment& segment) {
    const auto wildness = -static_cast<std::ptrdiff_t>(segment.prefix.size() + segment.suffix.size());
    return std::tuple{segment.kind, type_rank(segment.type), wildness};
}

/// Older happn servers read a subscription as a regular expression, where these are no text.
bool regular_expression_syntax(std::string_view text) {
    return text.find_first_of("(){}+") != std::string_view::npos;
}

std::string_view mqtt_level(const Segment& segment) {
    if (segment.kind == Kind::literal) return segment.literal;
    return segment.kind == Kind::rest ? "#" : "+";
}

std::string_view happn_level(const Segment& segment) {
    if (segment.kind == Kind::rest) return "**";
    if (segment.kind != Kind::literal || regular_expression_syntax(segment.literal)) return "*";
    return segment.literal;
}

}  // namespace

std::optional<Captures> AddressPattern::match(std::string_view address) const {
    if (segments_.empty()) return std::nullopt;
    if (kind_ == AddressKind::happn || kind_ == AddressKind::http) {
        if (!address.starts_with('/')) return std::nullopt;
        address.remove_prefix(1);
    }
    const bool guarded = kind_ == AddressKind::mqtt && address.starts_with('$');
    if (guarded && !spells_dollar(segments_.front())) return std::nullopt;
    Captures captures;
    std::string decoded;
    Levels levels{address};
    for (const auto& segment : segments_) {
        if (!levels.more()) return std::nullopt;
        if (segment.kind == Kind::rest) {
            auto rest = rest_of(levels, kind_);
            if (!rest || (segment.capture >= 0 && rest->empty())) return std::nullopt;
            if (segment.capture >= 0) captures.push_back(*std::move(rest));
            return captures;
        }
        std::optional<std::string_view> level = levels.next();
        if (kind_ == AddressKind::http) level = decoded_level(*level, decoded);
        if (level) level = taken(segment, *level);
        if (!level) return std::nullopt;
        if (segment.capture < 0) continue;
        if (captures.empty()) captures.reserve(names_.size());
        captures.emplace_back(*level);
    }
    if (levels.more()) return std::nullopt;
    return captures;
}

std::string AddressPattern::subscription() const {
    if (kind_ == AddressKind::http || kind_ == AddressKind::call) return text_;
    const bool happn = kind_ == AddressKind::happn;
    if (happn && (text_ == "*" || text_ == "**")) return "*";
    std::string filter;
    for (const auto& segment : segments_) {
        if (happn || &segment != &segments_.front()) filter += '/';
        filter += happn ? happn_level(segment) : mqtt_level(segment);
    }
    return filter;
}

bool AddressPattern::intersects(const AddressPattern& other) const {
    if (kind_ != other.kind_ || segments_.empty() || other.segments_.empty()) return false;
    const auto& mine = segments_;
    const auto& theirs = other.segments_;
    if (kind_ == AddressKind::mqtt && spells_dollar(mine.front()) != spells_dollar(theirs.front()))
        return false;
    for (std::size_t at = 0; at < mine.size() && at < theirs.size(); ++at) {
        if (mine[at].kind == Kind::rest || theirs[at].kind == Kind::rest) return true;
        if (!segments_overlap(mine[at], theirs[at])) return false;
    }
    return mine.size() == theirs.size();
}

bool AddressPattern::more_specific_than(const AddressPattern& other) const {
    return std::ranges::lexicographical_compare(
        segments_, other.segments_, [](const Segment& a, const Segment& b) { return rank(a) < rank(b); });
}

}  // namespace gateway
