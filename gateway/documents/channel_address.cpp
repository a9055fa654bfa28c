#include "gateway/documents/channel_address.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "gateway/expression/braces.hpp"

namespace gateway::documents {
namespace {

using Segment = AddressPattern::Segment;

const char* meaning_of(CaptureType type) {
    switch (type) {
        case CaptureType::integer:
            return "An integer.";
        case CaptureType::number:
            return "A number.";
        case CaptureType::uuid:
            return "A UUID.";
        case CaptureType::slug:
            return "Letters, digits and . _ - only.";
        case CaptureType::rest:
            return "One or more levels, with the separators between them.";
        case CaptureType::text:
            break;
    }
    return "One level.";
}

void add_parameter(ChannelAddress& address, const std::string& name, const char* meaning) {
    address.text += '{' + name + '}';
    address.parameters[name] = {{"description", meaning}};
}

void add_segment(ChannelAddress& address,
                 const AddressPattern& pattern,
                 const Segment& segment,
                 int& unnamed) {
    if (segment.kind == Segment::Kind::literal) {
        address.text += segment.literal;
    } else if (segment.capture >= 0) {
        const CaptureName& capture = pattern.names()[static_cast<std::size_t>(segment.capture)];
        address.text += segment.prefix;
        add_parameter(address, capture.name, meaning_of(capture.type));
        address.text += segment.suffix;
    } else if (segment.kind == Segment::Kind::rest) {
        add_parameter(address, "rest", meaning_of(CaptureType::rest));
    } else {
        add_parameter(address, "level" + std::to_string(++unnamed), meaning_of(CaptureType::text));
    }
}

/// "payload_kind" of "payload.kind|slug", "leaf" of "*leaf", "path" of "path...".
std::string name_of_expression(std::string_view expression) {
    std::string name;
    for (const char c : expression.substr(0, expression.find('|'))) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
        if (plain || (!name.empty() && name.back() != '_')) name += plain ? c : '_';
    }
    while (name.ends_with('_'))
        name.pop_back();
    return name.empty() ? "value" : name;
}

}  // namespace

ChannelAddress channel_address(const AddressPattern& pattern) {
    ChannelAddress address;
    int unnamed = 0;
    const bool rooted = pattern.kind() == AddressKind::happn && pattern.text() != "*";
    for (const Segment& segment : pattern.segments()) {
        if (rooted || &segment != &pattern.segments().front()) address.text += '/';
        add_segment(address, pattern, segment, unnamed);
    }
    return address;
}

ChannelAddress channel_address(std::string_view target) {
    ChannelAddress address;
    const auto parts = split_braces(target);
    if (!parts) return {std::string{target}};  // it has been compiled: cannot happen
    for (const TemplatePart& part : *parts) {
        if (!part.expression) {
            address.text += part.text;
            continue;
        }
        const bool rest = part.text.ends_with("...");
        add_parameter(
            address, name_of_expression(part.text), meaning_of(rest ? CaptureType::rest : CaptureType::text));
    }
    return address;
}

ChannelAddress channel_address_of_filter(std::string_view filter) {
    std::string spelled;
    int unnamed = 0;
    for (std::size_t at = 0; at <= filter.size();) {
        const std::size_t end = std::min(filter.find('/', at), filter.size());
        const std::string_view level = filter.substr(at, end - at);
        if (at > 0) spelled += '/';
        if (level == "+") {
            spelled += "{level" + std::to_string(++unnamed) + "}";
        } else if (level == "#") {
            spelled += "{rest...}";
        } else {
            spelled += level;
        }
        at = end + 1;
    }
    return channel_address(spelled);
}

}  // namespace gateway::documents
