#include "adapters/happn/websocket_codec.hpp"

#include <array>
#include <cstring>

namespace happn {

namespace {

constexpr std::size_t largest_short_payload = 125;
constexpr std::uint16_t no_close_code = 1005;  // section 7.4.1

std::size_t big_endian(std::string_view bytes) {
    std::size_t value = 0;
    for (const char byte : bytes) {
        value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xFF);
    }
}

/// XORs in blocks of eight; the key repeats every four bytes.
void mask(char* payload, std::size_t size, std::uint32_t key) {
    const std::uint64_t wide = static_cast<std::uint64_t>(key) << 32 | key;
    std::size_t at = 0;
    for (; at + sizeof wide <= size; at += sizeof wide) {
        std::uint64_t block = 0;
        std::memcpy(&block, payload + at, sizeof block);
        block ^= wide;
        std::memcpy(payload + at, &block, sizeof block);
    }
    std::array<char, sizeof key> bytes{};
    std::memcpy(bytes.data(), &key, sizeof key);
    for (std::size_t i = 0; at < size; ++at, ++i) {
        payload[at] = static_cast<char>(payload[at] ^ bytes[i % sizeof key]);
    }
}

bool is_control(WebsocketOpcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= static_cast<std::uint8_t>(WebsocketOpcode::close);
}

}  // namespace

void WebsocketEncoder::append(std::string& out, WebsocketOpcode opcode, std::string_view payload) {
    out += static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
    if (payload.size() <= largest_short_payload) {
        out += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() <= 0xFFFF) {
        out += static_cast<char>(0x80 | 126);
        append_big_endian(out, payload.size(), 2);
    } else {
        out += static_cast<char>(0x80 | 127);
        append_big_endian(out, payload.size(), 8);
    }
    const auto key = static_cast<std::uint32_t>(random_());
    out.append(reinterpret_cast<const char*>(&key), sizeof key);
    const auto start = out.size();
    out.append(payload);
    mask(out.data() + start, payload.size(), key);
}

void WebsocketEncoder::append_close(std::string& out, std::uint16_t code) {
    std::string payload;
    append_big_endian(payload, code, 2);
    append(out, WebsocketOpcode::close, payload);
}

std::span<char> WebsocketDecoder::prepare(std::size_t size) {
    payload_ = {};
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.size() < end_ + size) {
        buffer_.resize(end_ + size);
    } else if (end_ == 0 && buffer_.size() > 16 * size) {  // one big message is no reason to keep its room
        buffer_ = std::string(size, '\0');
    }
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void WebsocketDecoder::commit(std::size_t size) {
    end_ += size;
}

std::optional<WebsocketDecoder::Header> WebsocketDecoder::read_header() const {
    const auto bytes = unread();
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    Header header;
    header.final = (first & 0x80) != 0;
    header.opcode = static_cast<WebsocketOpcode>(first & 0x0F);
    const std::size_t extended = (second & 0x7F) == 126 ? 2u : (second & 0x7F) == 127 ? 8u : 0u;
    header.size = 2 + extended;
    if (bytes.size() < header.size) {
        return std::nullopt;
    }
    header.length = extended == 0 ? second & 0x7F : big_endian(bytes.substr(2, extended));
    header.reserved_or_masked = (first & 0x70) != 0 || (second & 0x80) != 0;
    return header;
}

WebsocketDecoder::Event WebsocketDecoder::refusal_of(const Header& header) const {
    const bool control = is_control(header.opcode);
    const bool known =
        header.opcode <= WebsocketOpcode::binary || (control && header.opcode <= WebsocketOpcode::pong);
    const bool bad_control = control && (!header.final || header.length > largest_short_payload);
    if (!known || bad_control || header.reserved_or_masked) {  // servers do not mask
        return Event::violation;
    }
    return header.length > max_message_ ? Event::too_large : Event::none;
}

WebsocketDecoder::Event WebsocketDecoder::next() {
    payload_ = {};
    for (;;) {
        const auto header = read_header();
        if (!header) {
            return Event::none;
        }
        if (const auto refusal = refusal_of(*header); refusal != Event::none) {
            return refusal;
        }
        if (unread().size() < header->size + header->length) {
            return Event::none;
        }
        if (const auto event = take(*header); event != Event::none) {
            return event;
        }
    }
}

WebsocketDecoder::Event WebsocketDecoder::take(const Header& header) {
    payload_ = unread().substr(header.size, header.length);
    begin_ += header.size + header.length;
    switch (header.opcode) {
        case WebsocketOpcode::ping:
            return Event::ping;
        case WebsocketOpcode::close:
            return Event::close;
        case WebsocketOpcode::pong:
            return Event::none;
        default:
            return take_fragment(header);
    }
}

WebsocketDecoder::Event WebsocketDecoder::take_fragment(const Header& header) {
    const bool continues = header.opcode == WebsocketOpcode::continuation;
    if (continues != fragmented_.has_value()) {
        return Event::violation;
    }
    if (!continues && header.final) {
        return header.opcode == WebsocketOpcode::text ? Event::text : Event::none;
    }
    if (!continues) {
        fragmented_ = header.opcode;
        fragments_.clear();
    }
    if (fragments_.size() + payload_.size() > max_message_) {
        return Event::too_large;
    }
    fragments_ += payload_;
    if (!header.final) {
        return Event::none;
    }
    const auto opcode = *fragmented_;
    fragmented_.reset();
    payload_ = fragments_;
    return opcode == WebsocketOpcode::text ? Event::text : Event::none;
}

std::uint16_t WebsocketDecoder::close_code() const {
    return payload_.size() < 2 ? no_close_code
                               : static_cast<std::uint16_t>(big_endian(payload_.substr(0, 2)));
}

}  // namespace happn
