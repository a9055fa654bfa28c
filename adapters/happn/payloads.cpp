#include "adapters/happn/payloads.hpp"

#include <optional>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"
#include "gateway/payload.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Bytes;
using gateway::Encoding;
using gateway::Payload;

namespace {

std::string wrapped_json(std::string_view text) {
    text = json::trimmed(text);
    if (text.starts_with('{')) {
        return std::string{text};
    }
    std::string out;
    ObjectWriter{out}.raw("value", text).end();
    return out;
}

std::string wrapped_text(std::string_view text) {
    std::string out;
    ObjectWriter{out}.text("value", text).end();
    return out;
}

std::string wrapped_bytes(const Payload& payload) {
    std::string out;
    ObjectWriter writer{out};
    writer.text("value", gateway::base64(payload.bytes.view())).text("encoding", "base64");
    writer.optional_text("content_type", payload.content_type).end();
    return out;
}

struct Members {
    std::string_view value, encoding, content_type;
    int others = 0;
    bool meta = false;
};

Members members_of(std::string_view object) {
    Members found;
    scan::members(object, [&found](std::string_view key, std::string_view value) {
        if (key == R"("value")") {
            found.value = value;
        } else if (key == R"("_meta")") {
            found.meta = true;
        } else if (key == R"("encoding")") {
            found.encoding = value;
        } else if (key == R"("content_type")") {
            found.content_type = value;
        } else {
            ++found.others;
        }
    });
    return found;
}

Payload json_payload(std::string_view text) {
    Payload payload;
    payload.bytes = Bytes::copy(text);
    payload.encoding = Encoding::json;
    return payload;
}

std::optional<Payload> bytes_payload(const Members& members) {
    if (members.others > 0 || members.value.empty() || members.encoding != R"("base64")") {
        return std::nullopt;
    }
    auto bytes = gateway::from_base64(text_of(members.value));
    if (!bytes) {
        return std::nullopt;
    }
    Payload payload;
    payload.bytes = Bytes{std::move(*bytes)};
    payload.encoding = Encoding::bytes;
    payload.content_type = text_of(members.content_type);
    return payload;
}

std::string without_meta(std::string_view object) {
    std::string out{"{"};
    scan::members(object, [&out](std::string_view key, std::string_view value) {
        if (key != R"("_meta")") {
            out.append(out.size() > 1 ? "," : "").append(key).append(":").append(value);
        }
    });
    out += '}';
    return out;
}

}  // namespace

std::string wrapped(const Payload& payload) {
    const auto text = payload.bytes.view();
    switch (payload.encoding) {
        case Encoding::json:
            return wrapped_json(text);
        case Encoding::text:
            return wrapped_text(text);
        case Encoding::bytes:
            return wrapped_bytes(payload);
        case Encoding::raw:
            break;
    }
    if (json::valid(text)) {
        return wrapped_json(text);
    }
    return json::valid_utf8(text) ? wrapped_text(text) : wrapped_bytes(payload);
}

Payload unwrapped(std::string_view data) {
    if (!data.starts_with('{')) {
        return json_payload(data);
    }
    const auto members = members_of(data);
    const bool plain = members.encoding.empty() && members.content_type.empty();
    if (members.others == 0 && plain && !members.value.empty()) {
        return json_payload(members.value);
    }
    if (auto bytes = bytes_payload(members)) {
        return std::move(*bytes);
    }
    if (members.meta) {
        const auto bare = without_meta(data);
        return json_payload(bare);
    }
    return json_payload(data);
}

}  // namespace happn
