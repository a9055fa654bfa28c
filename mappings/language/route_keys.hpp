// The keys of a route. Constants.
#pragma once

#include "mappings/language/answer_keys.hpp"
#include "mappings/language/delivery_keys.hpp"
#include "mappings/language/shapes.hpp"
#include "mappings/language/source_keys.hpp"
#include "mappings/language/target_keys.hpp"

namespace mappings::keys {

inline constexpr std::array mqtt_end_keys{
    Key{"mqtt", &text, "The topic, with captures.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service in both directions: 0 (default), 1 or 2."},
    Key{"retain", &boolean, "Publish retained; removes are carried, as empty retained messages."},
    Key{"decode", &decode, decode_doc},
    Key{"encode", &encode, encode_doc},
};
inline constexpr Table mqtt_end{"an mqtt end", "A topic of a broker.", mqtt_end_keys};

inline constexpr std::array happn_end_keys{
    Key{"happn", &text, "The path, with captures, without a verb.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"initial", &boolean, "Begin with what is stored now."},
    Key{"decode", &decode, decode_doc},
    Key{"encode", &encode, encode_doc},
};
inline constexpr Table happn_end{"a happn end", "A path of a mesh.", happn_end_keys};

inline constexpr std::array end_variants{Variant{"mqtt", &mqtt_end}, Variant{"happn", &happn_end}};
inline constexpr Shape end_of_sync{.kind = Kind::variants, .variants = end_variants};
inline constexpr std::array sync_keys{
    Key{"a", &end_of_sync, "One end.", true},
    Key{"b", &end_of_sync, "The other end; it binds the same captures.", true},
};
inline constexpr Table sync_table{"a sync", "Two ends that are kept the same, without echo.", sync_keys};
inline constexpr Shape sync = map_of(sync_table);

inline constexpr std::array<std::string_view, 3> prefer_words{"newest", "a", "b"};
inline constexpr Shape prefer = choice(prefer_words);
inline constexpr std::array<std::string_view, 1> resync_words{"on_reconnect"};
inline constexpr Shape resync_word = choice(resync_words);
inline constexpr std::array<std::string_view, 2> missing_words{"copy", "remove"};
inline constexpr Shape missing_value = choice(missing_words);
inline constexpr std::array resync_keys{
    Key{"missing",
        &missing_value,
        "What the end that `prefer` names does not have: copy (default) brings it there, remove takes it "
        "from the other end.",
        true},
};
inline constexpr Table resync_table{"a resync", "What is done after a gap.", resync_keys};
inline constexpr Shape resync_map = map_of(resync_table);
inline constexpr Shape resync{.kind = Kind::by_kind, .scalar = &resync_word, .map = &resync_map};

/// What every processing knows, be it a route or a method.
inline constexpr std::array processing_keys{
    Key{"description", &text, "What it is for; shown in listings."},
    Key{"respond", &respond, "How a source that waits is answered."},
    Key{"errors", &errors, "How it is answered when something fails; the first entry that fits."},
    Key{"as", &text, as_doc},
    Key{"delivery", &delivery, delivery_doc},
    Key{"enabled", &boolean, "false: checked, but not run."},
    Key{"require", &later, {}},
    Key{"lookup", &later, {}},
    Key{"when", &later, {}},
    Key{"jq", &later, {}},
    Key{"limits", &later, {}},
    Key{"on_error", &later, {}},
};

inline constexpr std::array own_route_keys{
    Key{"from", &source, "Where messages come from."},
    Key{"map", &value, "The new payload: an object of templates. With `sync`: { a_to_b, b_to_a }."},
    Key{"to", &targets, "Where they go: one target or a list."},
    Key{"sync", &sync, "A two-way route, instead of `from` and `to`."},
    Key{"prefer", &prefer, "After a gap, whose value wins: newest (default), a or b."},
    Key{"newest_by",
        &text,
        "What says which of two payloads is the newer one: a template, the greater wins."},
    Key{"resync",
        &resync,
        "on_reconnect: after a gap what both ends hold is compared. Or { missing }. Default: it is not."},
};
inline constexpr auto route_keys = joined(own_route_keys, processing_keys);
inline constexpr Table route_table{
    "a route", "One way for messages: from a source to its targets.", route_keys};
inline constexpr Shape route = map_of(route_table);
inline constexpr Shape routes = names_to(route);

}  // namespace mappings::keys
