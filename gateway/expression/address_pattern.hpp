// A source address with captures, `devices/{device:slug}/telemetry`, compiled. One pattern language for MQTT
// topics, happn paths and HTTP paths: `{name}` one level, `{name:int}` typed, `x-{name}.json` part of a
// level, `{name...}` the rest,
// `+` `#` `*` the transport's own wildcards. Immutable; match() is const and allocates only for captured
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/problem.hpp"

namespace gateway {

enum class AddressKind : std::uint8_t {
    mqtt,   // a topic
    happn,  // a path, leading '/'; `*` alone is everything
    http,   // the path of a URL, leading '/', still percent-encoded
    call,   // "component/method"; `*` is one of them
};

enum class CaptureType : std::uint8_t { text, integer, number, uuid, slug, rest };

struct CaptureName {
    std::string name;
    CaptureType type = CaptureType::text;
    bool operator==(const CaptureName&) const = default;
};

/// Values in the order of AddressPattern::names(), so that templates find theirs by index.
using Captures = std::vector<std::string>;

class AddressPattern {
public:
    static Parsed<AddressPattern> parse(std::string_view text, AddressKind kind);

    AddressKind kind() const { return kind_; }
    const std::string& text() const { return text_; }
    const std::vector<CaptureName>& names() const { return names_; }

    /// Whole-address match. A capture never takes an empty level; the transport's own unnamed `+` and `*` do.
    /// `{name...}` and `#` take one or more levels. HTTP: each segment is percent-decoded once before it is
    /// compared and captured; one that decodes to something with `/` or NUL, to `.` or `..` or to what is no
    /// UTF-8 does not match. MQTT: `+`, `#` and captures do not match a first level that starts with `$`
    /// (MQTT 5.0 section 4.7.2).
    std::optional<Captures> match(std::string_view address) const;

    /// What to subscribe to so that everything match() accepts arrives: an MQTT filter, or a happn path wide
    /// enough for every generation (`*` crosses `/` on old meshes and not on new ones, where `**` has a
    /// depth).
    std::string subscription() const;

    bool literal() const { return names_.empty() && !has_wildcard_; }

    /// Could one address be accepted by both? (for overlap and loop findings; may say yes too often with
    /// partial levels)
    bool intersects(const AddressPattern& other) const;

    /// Of two HTTP patterns that match one path, the one that orders first is served: per segment literal <
    /// typed < partial < capture < rest.
    bool more_specific_than(const AddressPattern& other) const;

    /// One level. Of happn and HTTP addresses the leading '/' is no level: "/a/b" has the levels a and b; the
    /// MQTT topic
    /// "/a" has an empty level before a. HTTP literals are as decoded.
    struct Segment {
        enum class Kind : std::uint8_t { literal, typed, partial, capture, wildcard, rest };
        Kind kind = Kind::literal;
        std::string literal;  // of a literal
        CaptureType type = CaptureType::text;
        std::string prefix, suffix;  // of a partial
        int capture = -1;            // index into names(), -1: unnamed
        bool operator==(const Segment&) const = default;
    };
    const std::vector<Segment>& segments() const { return segments_; }

private:
    friend class AddressPatternParser;
    friend class AddressTemplate;  // as_pattern()
    AddressKind kind_ = AddressKind::mqtt;
    std::string text_;
    std::vector<CaptureName> names_;
    std::vector<Segment> segments_;
    bool has_wildcard_ = false;
};

}  // namespace gateway
