// The keys of `to: { stream }`. Constants.
#pragma once

#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 2> overflow_words{"drop_oldest", "close"};
inline constexpr Shape overflow = choice(overflow_words);

inline constexpr std::array stream_of_happn_keys{
    Key{"happn", &text, "`on <path>`, a template; {*name} is any level, and a capture of each item.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"actions", &actions, "Which publications: set (default), remove, or both."},
};
inline constexpr Table stream_of_happn{
    "a stream of publications", "Publications of a mesh, as they come.", stream_of_happn_keys};
inline constexpr std::array stream_of_mqtt_keys{
    Key{"mqtt", &text, "`<filter>`, a template; {*name} is any level, and a capture of each item.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service; default 0."},
    Key{"decode", &decode, decode_doc},
    Key{"on_empty", &remove, "remove: an empty message tells that its topic has been cleared."},
};
inline constexpr Table stream_of_mqtt{
    "a stream of topics", "Messages of a broker, as they come.", stream_of_mqtt_keys};
inline constexpr std::array stream_variants{Variant{"happn", &stream_of_happn},
                                            Variant{"mqtt", &stream_of_mqtt}};
inline constexpr Shape stream_from{.kind = Kind::variants, .variants = stream_variants};

inline constexpr std::array queue_keys{
    Key{"max", &queue_size, "Items that wait for one slow reader; default 1000."},
    Key{"overflow", &overflow, "What then: drop_oldest (default; the reader is told), or close."},
};
inline constexpr Table queue_table{"a queue", "What becomes of a reader that does not keep up.", queue_keys};
inline constexpr Shape queue = map_of(queue_table);

inline constexpr std::array stream_target_keys{
    Key{"stream", &stream_from, "Where the items come from.", true},
    Key{"initial", &boolean, "Begin with what is stored now; of topics: with their retained messages."},
    Key{"with", &with_meta, "meta adds path, times and action to each item of a mesh."},
    Key{"queue", &queue, "What becomes of a reader that does not keep up."},
    Key{"heartbeat", &duration, "A sign of life after so long without an item; default 15s."},
    Key{"as", &text, as_doc},
    Key{"when", &later, {}},
};
inline constexpr Table stream_target{
    "a stream", "Answers an HTTP request with items as they come.", stream_target_keys};

}  // namespace mappings::keys
