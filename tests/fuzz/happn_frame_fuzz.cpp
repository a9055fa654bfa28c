// The happn frame reader against nlohmann/json: the same verdict (but for what the two are known to see
// differently), and slices that are, as JSON, what nlohmann reads at that place. Whatever is accepted can be
// spliced and read again.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/mesh_schema.hpp"
#include "adapters/happn/payloads.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "adapters/happn/websocket_codec.hpp"

namespace {

using nlohmann::json;

void require(bool condition) {
    if (!condition) std::abort();
}

bool same(std::string_view slice, const json& expected) {
    const auto parsed = json::parse(slice, nullptr, false);
    return !parsed.is_discarded() && parsed.dump(-1, ' ', false, json::error_handler_t::replace) ==
                                         expected.dump(-1, ' ', false, json::error_handler_t::replace);
}

void compare_with_nlohmann(const happn::Frame& frame, std::string_view text) {
    const auto whole = json::parse(text, nullptr, false);
    if (whole.is_discarded() || !whole.is_object()) {
        return;  // 1e999 is a number to one and none to the other
    }
    require(frame.data.empty() == !whole.contains("data"));
    if (!frame.data.empty()) {
        require(same(frame.data, whole["data"]));
    }
    if (whole.contains("action") && whole["action"].is_string()) {
        require(frame.action == whole["action"].get<std::string>());
    }
    if (whole.contains("_meta") && whole["_meta"].is_object() && whole["_meta"].contains("channel") &&
        whole["_meta"]["channel"].is_string()) {
        require(frame.meta.channel == whole["_meta"]["channel"].get<std::string>());
    }
}

void splice(const happn::Frame& frame) {
    if (frame.data.empty()) {
        return;
    }
    happn::Request request;
    request.action = "set";
    request.event_id = 1;
    request.path = frame.path;
    request.data = frame.data;
    require(happn::Frame::parse(happn::write_request(request)).has_value() ||
            frame.data.size() > 60);  // depth
    const auto payload = happn::unwrapped(frame.data);
    (void)happn::wrapped(payload);
    (void)happn::read_description(frame.data);
}

struct NoPort final : happn::SessionPort {
    void send(std::string) override {}
    void drop() override {}
    void on_ready() override {}
    void count(std::string_view) override {}
    gateway::TimePoint now() const override { return {}; }
};

void feed_session(std::string_view text) {
    NoPort port;
    happn::SessionFsm session{happn::SessionSettings{}, port};
    happn::SessionFsm::Subscribe subscription;
    subscription.channel = "/SET@/a";
    subscription.initial = true;
    session.subscribe(subscription, [](const happn::Publication&) {}, {});
    const gateway::TimePoint now{};
    session.on_open(now);
    session.on_text(R"({"data":null,"_meta":{"status":"ok","eventId":1}})", now);
    session.on_text(R"({"data":{"secure":false},"_meta":{"status":"ok","eventId":2}})", now);
    session.on_text(text, now);
    session.on_text(R"({"data":{"id":"s"},"_meta":{"status":"ok","eventId":3}})", now);
    session.on_text(text, now);
    session.on_closed("end");
}

void feed_decoder(std::string_view bytes) {
    using Event = happn::WebsocketDecoder::Event;
    happn::WebsocketDecoder decoder{1u << 16};
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, 7);
        const auto room = decoder.prepare(part.size());
        part.copy(room.data(), part.size());
        decoder.commit(part.size());
        bytes.remove_prefix(part.size());
        for (auto event = decoder.next(); event != Event::none; event = decoder.next()) {
            if (event == Event::violation || event == Event::too_large) return;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(bytes), size};
    feed_decoder(text);
    feed_session(text);
    if (const auto frame = happn::Frame::parse(text)) {
        compare_with_nlohmann(*frame, text);
        splice(*frame);
    }
    return 0;
}
