// An immutable piece of bytes that shares its buffer: the payload that arrives is the payload that leaves.
// Copying costs a reference count; slicing costs nothing more. Safe to hand from thread to thread (the buffer
// is never written again).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace gateway {

class Bytes {
public:
    Bytes() = default;

    /// Takes the string over; its text is not copied.
    explicit Bytes(std::string owned)
        : buffer_{std::make_shared<const std::string>(std::move(owned))}, view_{*buffer_} {}

    static Bytes copy(std::string_view text) { return Bytes{std::string{text}}; }

    /// For string literals: nothing is allocated. `text` must live as long as the program.
    static Bytes literal(std::string_view text) {
        Bytes bytes;
        bytes.view_ = text;
        return bytes;
    }

    /// A part of this piece that keeps the whole buffer alive. `part` must point into view().
    Bytes slice(std::string_view part) const {
        Bytes bytes;
        bytes.buffer_ = buffer_;
        bytes.view_ = part;
        return bytes;
    }

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }
    bool empty() const { return view_.empty(); }
    std::string str() const { return std::string{view_}; }

private:
    std::shared_ptr<const std::string> buffer_;
    std::string_view view_;
};

}  // namespace gateway
