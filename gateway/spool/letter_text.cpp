#include "gateway/spool/letter_text.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "gateway/json.hpp"
#include "gateway/payload.hpp"
#include "gateway/utc_text.hpp"

namespace gateway::spool {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_character = 4;  // bytes, in UTF-8

std::string printed(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string text_of(Grave grave) {
    return std::to_string(grave.died) + "-" + std::to_string(grave.id);
}

Json head_of(const DeadLetter& letter) {
    return {{"id", letter.delivery.id},
            {"route", letter.delivery.route},
            {"stage", letter.stage},
            {"cause", letter.cause},
            {"attempts", letter.delivery.attempts},
            {"at", utc_text(letter.died)},
            {"arrived", utc_text(letter.arrived)},
            {"principal", principal_kind_name(letter.message.principal.kind)},
            {"from", {{"connection", letter.message.connection}, {"address", letter.message.address}}},
            {"size", letter.payload_size}};
}

Json meta_of(const MqttProperties& mqtt) {
    Json meta{{"qos", mqtt.qos}, {"retain", mqtt.retain}};
    if (mqtt.expiry) meta["expiry"] = *mqtt.expiry;
    if (!mqtt.content_type.empty()) meta["content_type"] = mqtt.content_type;
    if (!mqtt.response_topic.empty()) meta["response_topic"] = mqtt.response_topic;
    for (const auto& [name, value] : mqtt.user)
        meta["user"].push_back({name, value});
    return meta;
}

Json meta_of(const HappnProperties& happn) {
    Json meta = Json::parse(happn.meta, nullptr, false);
    if (!meta.is_object()) return Json::object();
    meta.erase("sessionId");
    return meta;
}

Json meta_of(const Properties& properties) {
    if (const auto* mqtt = std::get_if<MqttProperties>(&properties)) return meta_of(*mqtt);
    if (const auto* happn = std::get_if<HappnProperties>(&properties)) return meta_of(*happn);
    return Json::object();  // what waits for its answer is not kept
}

/// A character that has been cut in two is left out.
std::string_view whole_characters(std::string_view text) {
    for (std::size_t less = 0; less < std::min(longest_character, text.size()); ++less) {
        const auto shorter = text.substr(0, text.size() - less);
        if (json::valid_utf8(shorter)) return shorter;
    }
    return text;
}

}  // namespace

std::string page_text(const std::vector<DeadLetter>& letters, std::size_t total, bool has_more) {
    Json page{{"letters", Json::array()}, {"total", total}};
    for (const DeadLetter& letter : letters)
        page["letters"].push_back(head_of(letter));
    if (has_more) page["next"] = text_of(letters.back().grave());
    return printed(page);
}

std::string letter_text(const DeadLetter& letter) {
    Json json = head_of(letter);
    json["from"]["meta"] = meta_of(letter.message.properties);
    if (letter.message.action == Action::remove) json["action"] = "remove";
    const std::string_view bytes = letter.message.payload.bytes.view();
    const bool truncated = bytes.size() < letter.payload_size;
    const auto text = truncated ? whole_characters(bytes) : bytes;
    const bool is_text = json::valid_utf8(text);
    json["encoding"] = is_text ? "text" : "base64";
    json["payload"] = is_text ? std::string{text} : base64(bytes);
    json["truncated"] = truncated;
    return printed(json);
}

std::optional<Grave> parse_grave(std::string_view text) {
    Grave grave;
    const char* const end = text.data() + text.size();
    const auto died = std::from_chars(text.data(), end, grave.died);
    if (died.ec != std::errc{} || died.ptr == end || *died.ptr != '-') return std::nullopt;
    const auto id = std::from_chars(died.ptr + 1, end, grave.id);
    if (id.ec != std::errc{} || id.ptr != end) return std::nullopt;
    return grave;
}

}  // namespace gateway::spool
