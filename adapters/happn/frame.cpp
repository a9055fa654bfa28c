#include "adapters/happn/frame.hpp"

#include <charconv>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;

namespace {

/// Cuts one validated text into a Frame.
class FrameCutter {
public:
    explicit FrameCutter(Frame& frame) : frame_{frame} {}

    void cut(std::string_view text) {
        switch (text.front()) {
            case '{':
                frame_.kind = Frame::Kind::object;
                scan::members(text,
                              [this](std::string_view key, std::string_view value) { top(key, value); });
                break;
            case '[':
                list(text);
                break;
            case '"':
                control(text);
                break;
            default:
                break;
        }
    }

private:
    std::string_view text(std::string_view raw) {
        if (raw.size() < 2 || raw.front() != '"') {
            return {};
        }
        const auto inner = raw.substr(1, raw.size() - 2);
        if (inner.find('\\') == std::string_view::npos) {
            return inner;
        }
        return frame_.unescaped.emplace_front(json::unquoted(raw).value_or(std::string{}));
    }

    void top(std::string_view quoted_key, std::string_view value) {
        const auto key = text(quoted_key);
        if (key == "data") {
            frame_.data = value;
        } else if (key == "_meta") {
            meta(value);
        } else if (key == "action") {
            frame_.action = text(value);
        } else if (key == "eventId") {
            frame_.event_id = value;
        } else if (key == "path") {
            frame_.path_raw = value;
            frame_.path = text(value);
        } else if (key == "sessionId") {
            frame_.session_id_raw = value;
            frame_.session_id = text(value);
        } else if (key == "options") {
            frame_.options = value;
        } else if (key == "protocol") {
            frame_.protocol = text(value);
        } else {
            seldom(key, value);
        }
    }

    void seldom(std::string_view key, std::string_view value) {
        if (key == "eventKey") {
            frame_.event_key = text(value);
        } else if (key == "id") {
            frame_.id = text(value);
        } else if (key == "status") {
            frame_.status = text(value);
        } else if (key == "result") {
            frame_.result = value;
        } else if (key == "encrypted") {
            frame_.encrypted = value;
        }
    }

    void meta(std::string_view value) {
        frame_.meta = FrameMeta{};
        if (value.front() != '{') {
            return;
        }
        frame_.meta.raw = value;
        scan::members(value,
                      [this](std::string_view key, std::string_view member) { meta_member(key, member); });
    }

    void meta_member(std::string_view quoted_key, std::string_view value) {
        static constexpr std::pair<std::string_view, std::string_view FrameMeta::*> text_members[] = {
            {"type", &FrameMeta::type},
            {"status", &FrameMeta::status},
            {"action", &FrameMeta::action},
            {"channel", &FrameMeta::channel},
            {"path", &FrameMeta::path},
            {"sessionId", &FrameMeta::session_id},
            {"publicationId", &FrameMeta::publication_id},
        };
        static constexpr std::pair<std::string_view, std::string_view FrameMeta::*> raw_members[] = {
            {"eventId", &FrameMeta::event_id},
            {"published", &FrameMeta::published},
            {"created", &FrameMeta::created},
            {"modified", &FrameMeta::modified},
            {"timestamp", &FrameMeta::timestamp},
            {"consistency", &FrameMeta::consistency},
            {"error", &FrameMeta::error},
        };
        const auto key = text(quoted_key);
        for (const auto& [name, member] : text_members) {
            if (key == name) {
                frame_.meta.*member = text(value);
                return;
            }
        }
        for (const auto& [name, member] : raw_members) {
            if (key == name) {
                frame_.meta.*member = value;
                return;
            }
        }
    }

    void list(std::string_view array) {
        std::string_view last;
        std::string_view before_last;
        scan::elements(array, [&](std::string_view element) {
            before_last = last;
            last = element;
        });
        if (last.empty() || last.front() != '{') {
            return;
        }
        frame_.kind = Frame::Kind::list;
        meta(last);
        if (!before_last.empty()) {
            const auto begin = scan::skip_blank(array, 1);
            const auto end = static_cast<std::size_t>(before_last.data() + before_last.size() - array.data());
            frame_.items = array.substr(begin, end - begin);
        }
    }

    void control(std::string_view literal) {
        const auto word = text(literal);
        if (word.starts_with("primus::")) {
            frame_.kind = Frame::Kind::control;
            frame_.control = word;
        }
    }

    Frame& frame_;
};

}  // namespace

std::optional<Frame> Frame::parse(std::string_view text) {
    text = json::trimmed(text);
    if (!json::valid(text)) {
        return std::nullopt;
    }
    std::optional<Frame> frame{std::in_place};
    FrameCutter{*frame}.cut(text);
    return frame;
}

std::optional<std::uint64_t> as_unsigned(std::string_view raw) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    if (error != std::errc{} || end != raw.data() + raw.size()) {
        return std::nullopt;
    }
    return number;
}

std::string text_of(std::string_view raw) {
    return json::unquoted(raw).value_or(std::string{});
}

void ObjectWriter::key(std::string_view name) {
    if (!first_) {
        out_ += ',';
    }
    first_ = false;
    json::append_quoted(out_, name);
    out_ += ':';
}

ObjectWriter& ObjectWriter::text(std::string_view name, std::string_view value) {
    key(name);
    json::append_quoted(out_, value);
    return *this;
}

ObjectWriter& ObjectWriter::raw(std::string_view name, std::string_view value) {
    key(name);
    out_ += value;
    return *this;
}

ObjectWriter& ObjectWriter::number(std::string_view name, std::int64_t value) {
    key(name);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, static_cast<std::size_t>(end - digits));
    return *this;
}

ObjectWriter& ObjectWriter::boolean(std::string_view name, bool value) {
    return raw(name, value ? "true" : "false");
}

ObjectWriter& ObjectWriter::optional_text(std::string_view name, std::string_view value) {
    return value.empty() ? *this : text(name, value);
}

ObjectWriter& ObjectWriter::optional_raw(std::string_view name, std::string_view value) {
    return value.empty() ? *this : raw(name, value);
}

ObjectWriter& ObjectWriter::spread(std::string_view object) {
    scan::members(object, [this](std::string_view quoted_key, std::string_view value) {
        if (!first_) {
            out_ += ',';
        }
        first_ = false;
        out_.append(quoted_key).append(1, ':').append(value);
    });
    return *this;
}

namespace {

constexpr std::size_t envelope_size = 160;  // of a usual frame without its payload: one allocation

std::string_view or_null(std::string_view raw) {
    return raw.empty() ? std::string_view{"null"} : raw;
}

}  // namespace

std::string write_request(const Request& request) {
    std::string out;
    out.reserve(envelope_size + request.path.size() + request.data.size() + request.options.size());
    ObjectWriter writer{out};
    writer.text("action", request.action).number("eventId", static_cast<std::int64_t>(request.event_id));
    writer.optional_text("path", request.path).optional_raw("data", request.data);
    writer.optional_text("sessionId", request.session_id).optional_raw("options", request.options);
    writer.end();
    return out;
}

std::string write_frame(std::string_view data, std::string_view meta, const FrameTail& tail) {
    std::string out;
    out.reserve(envelope_size + data.size() + meta.size());
    ObjectWriter writer{out};
    writer.raw("data", or_null(data)).raw("_meta", meta).optional_text("protocol", tail.protocol);
    if (tail.outbound) {
        writer.boolean("__outbound", true);
    }
    writer.end();
    return out;
}

std::string write_list(std::string_view items, std::string_view meta) {
    std::string out;
    out.reserve(items.size() + meta.size() + 4);
    out += '[';
    out += items;
    if (!items.empty()) {
        out += ',';
    }
    out += meta;
    out += ']';
    return out;
}

std::string write_control(std::string_view word, std::string_view argument) {
    std::string text{"primus::"};
    text.append(word).append("::").append(argument);
    return json::quoted(text);
}

}  // namespace happn
