// The keys of `to`. Constants.
#pragma once

#include "mappings/language/http_target_keys.hpp"
#include "mappings/language/shapes.hpp"
#include "mappings/language/stream_target_keys.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 4> consistency_words{
    "queued", "deferred", "transactional", "acknowledged"};
inline constexpr std::array<std::string_view, 1> clear_word{"clear"};
inline constexpr std::array<std::string_view, 1> auto_word{"auto"};
inline constexpr Shape consistency = choice(consistency_words);
inline constexpr Shape clear = choice(clear_word);

inline constexpr std::array reply_keys{
    Key{"topic", &text, "Where the answer comes. It may hold {call.id}."},
    Key{"id", &text, "Where the answer holds the call's id: a template over the answer, \"{payload.id}\"."},
    Key{"decode",
        &decode,
        "What the answer's payload is: json (default), text, number, bool, bytes or form."},
    Key{"concurrency",
        &count,
        "Calls at once for one address; 1 where nothing tells answers apart. 0: no limit."},
};
inline constexpr Table reply_table{"a reply", "How a device answers, without MQTT 5.", reply_keys};
inline constexpr Shape reply_auto = choice(auto_word);
inline constexpr Shape reply_map = map_of(reply_table);
inline constexpr Shape reply{.kind = Kind::by_kind, .scalar = &reply_auto, .map = &reply_map};

inline constexpr std::array mqtt_target_keys{
    Key{"mqtt", &text, "The topic to publish to, a template: devices/{device}/cmd.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service: 0 (default), 1 or 2."},
    Key{"retain", &boolean, "Let the broker keep it for later subscribers."},
    Key{"expiry", &duration, "How long it is worth delivering, such as 5s (MQTT 5)."},
    Key{"content_type", &text, "Content type (MQTT 5), a template."},
    Key{"user", &named_texts, "User properties (MQTT 5): names to templates."},
    Key{"body", &value, "The payload, instead of what `map` made."},
    Key{"encode", &encode, encode_doc},
    Key{"on_remove",
        &clear,
        "clear: a happn remove, or an empty retained message, becomes an empty retained message."},
    Key{"reply",
        &reply,
        "auto: wait for the answer by response topic and correlation data (MQTT 5); else how it comes."},
    Key{"timeout", &duration, timeout_doc},
    Key{"name", &text, name_doc},
    Key{"as", &text, as_doc},
    Key{"required", &boolean, required_doc},
    Key{"when", &later, {}},
    Key{"ok", &later, {}},
    Key{"online", &later, {}},
};
inline constexpr Table mqtt_target{"an mqtt target", "Publishes to a broker.", mqtt_target_keys};

inline constexpr std::array happn_target_keys{
    Key{"happn",
        &text,
        "`set <path>`, `get <path>` or `remove <path>`, a template: set /devices/{device}/state.",
        true},
    Key{"mesh", &text, mesh_doc},
    Key{"merge", &boolean, "set: merge into what is stored."},
    Key{"no_store", &boolean, "set: publish only."},
    Key{"no_publish", &boolean, "set: store only."},
    Key{"consistency",
        &consistency,
        "When happn answers: queued, deferred, transactional (default) or acknowledged."},
    Key{"meta", &value, "set: meta data that reaches subscribers."},
    Key{"on_remove", &remove, "remove: a happn remove at the source removes here."},
    Key{"on_empty", &remove, "remove: an empty MQTT message removes here."},
    Key{"criteria", &value, "get: a filter in happn's (MongoDB's) words."},
    Key{"fields", &value, "get: which fields."},
    Key{"sort", &value, "get: the order, { field: 1 } or { field: -1 }."},
    Key{"limit", &count_or_template, "get: at most so many; a number, or a template that gives one."},
    Key{"skip", &count_or_template, "get: leave out the first; a number, or a template that gives one."},
    Key{"with", &with_meta, "get: meta adds path and times to each item."},
    Key{"encode", &encode, encode_doc},
    Key{"name", &text, name_doc},
    Key{"as", &text, as_doc},
    Key{"required", &boolean, required_doc},
    Key{"when", &later, {}},
    Key{"ok", &later, {}},
};
inline constexpr Table happn_target{
    "a happn target", "Stores, reads or removes on a mesh.", happn_target_keys};

inline constexpr std::array call_target_keys{
    Key{"call", &text, "`<component>/<method>`, a template.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"args", &value, "The arguments, by name or by position; default: the payload."},
    Key{"timeout", &duration, timeout_doc},
    Key{"allow", &texts, "Which methods, as patterns; needed where component or method is a capture."},
    Key{"encode", &encode, encode_doc},
    Key{"name", &text, name_doc},
    Key{"as", &text, as_doc},
    Key{"required", &boolean, required_doc},
    Key{"when", &later, {}},
    Key{"ok", &later, {}},
};
inline constexpr Table call_target{"a call target", "Calls a method of a mesh component.", call_target_keys};

inline constexpr std::array answer_target_keys{
    Key{"answer", &value, "The value that the source gets.", true},
    Key{"encode", &encode, encode_doc},
    Key{"name", &text, name_doc},
    Key{"when", &later, {}},
};
inline constexpr Table answer_target{"an answer", "Answers the source itself.", answer_target_keys};

inline constexpr std::array target_variants{Variant{"mqtt", &mqtt_target},
                                            Variant{"happn", &happn_target},
                                            Variant{"call", &call_target},
                                            Variant{"answer", &answer_target},
                                            Variant{"http", &http_target},
                                            Variant{"stream", &stream_target},
                                            Variant{"emit"}};
inline constexpr Shape target{.kind = Kind::variants, .variants = target_variants};
inline constexpr Shape target_list = list_of(target);
inline constexpr Shape targets{.kind = Kind::by_kind, .list = &target_list, .map = &target};

}  // namespace mappings::keys
