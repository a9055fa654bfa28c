// The keys of `from`. Constants.
#pragma once

#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 3> retained_words{"apply", "ignore", "once"};
inline constexpr std::array<std::string_view, 3> auth_words{"required", "optional", "none"};
inline constexpr std::array<std::string_view, 3> idempotency_words{"required", "optional", "none"};
inline constexpr std::array<std::string_view, 4> body_words{"json", "form", "text", "bytes"};
inline constexpr std::array<std::string_view, 4> query_types{"string", "int", "number", "bool"};
inline constexpr Shape retained = choice(retained_words);
inline constexpr Shape auth = choice(auth_words);
inline constexpr Shape idempotency = choice(idempotency_words);
inline constexpr Shape http_body_word = choice(body_words);
inline constexpr Shape query_type = choice(query_types);

inline constexpr std::array mqtt_source_keys{
    Key{"mqtt",
        &text,
        "The topic, with captures: devices/{device}/telemetry. + and # are allowed, unnamed.",
        true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "The highest quality of service to subscribe with: 0, 1 or 2."},
    Key{"retained",
        &retained,
        "Retained messages at subscribing: apply, ignore, or once (new subscriptions only)."},
    Key{"no_local", &boolean, "Leave out what this gateway itself has published (MQTT 5)."},
    Key{"decode", &decode, decode_doc},
    Key{"group",
        &text,
        "Share the subscription: of the clients with this name for it, one gets each message."},
};
inline constexpr Table mqtt_source{"an mqtt source", "Messages published to a broker.", mqtt_source_keys};

inline constexpr std::array happn_source_keys{
    Key{"happn", &text, "`on <path>`, with captures: on /devices/{device}/setpoint.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"actions", &actions, "Which publications: set (default), remove, or both."},
    Key{"initial", &boolean, "Begin with what is stored now."},
    Key{"decode", &decode, decode_doc},
    Key{"group", &later, {}},
};
inline constexpr Table happn_source{"a happn source", "Publications of a mesh.", happn_source_keys};

inline constexpr std::array query_parameter_keys{
    Key{"type", &query_type, "string (default), int, number or bool."},
    Key{"default", &data, "The value when the request has none."},
    Key{"required", &boolean, "Refuse a request without it."},
    Key{"min", &number, "The smallest number allowed."},
    Key{"max", &number, "The largest number allowed."},
};
inline constexpr Table query_parameter_table{
    "a query parameter", "One parameter of the query.", query_parameter_keys};
inline constexpr Shape query_parameter_map = map_of(query_parameter_table);
inline constexpr Shape query_parameter{
    .kind = Kind::by_kind, .scalar = &query_type, .map = &query_parameter_map};
inline constexpr Shape query = names_to(query_parameter);
inline constexpr Shape http_source_body{.kind = Kind::by_kind, .scalar = &http_body_word, .map = &later};

inline constexpr Shape some_texts{.kind = Kind::list, .minimum = 1, .inner = &text};
inline constexpr std::array cors_keys{
    Key{"origins", &some_texts, "Origins such as https://app.example; \"*\" for all.", true},
};
inline constexpr Table cors_table{"a cors", "Cross-origin requests of browsers.", cors_keys};
inline constexpr Shape cors = map_of(cors_table);

inline constexpr std::array http_source_keys{
    Key{"http", &text, "`<METHOD> <path>`, with captures: GET /devices/{device}.", true},
    Key{"auth", &auth, "Who may: required (default), optional or none. Counts on a secure mesh."},
    Key{"body", &http_source_body, "What the request's body is: json (default), form, text or bytes."},
    Key{"query", &query, "The query's parameters by name; any other name is refused."},
    Key{"max_body", &size, "The largest body accepted, such as 64KiB."},
    Key{"idempotency",
        &idempotency,
        "Of POST and PATCH: must a request have an Idempotency-Key, may it, or is it passed over (none, the "
        "default)?"},
    Key{"cors", &cors, "Whose web pages may use it, besides those of the gateway's own origin."},
};
inline constexpr Table http_source{"an http source", "HTTP requests.", http_source_keys};

inline constexpr std::array source_variants{Variant{"mqtt", &mqtt_source},
                                            Variant{"happn", &happn_source},
                                            Variant{"http", &http_source},
                                            Variant{"event"}};
inline constexpr Shape source{.kind = Kind::variants, .variants = source_variants};

}  // namespace mappings::keys
