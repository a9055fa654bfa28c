// The keys of `tests`. Constants.
#pragma once

#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr std::array send_keys{
    Key{"mqtt", &text, "A message on this topic."},
    Key{"happn", &text, "A publication: `set <path>` or `remove <path>`."},
    Key{"http", &text, "A request: `<METHOD> <path and query>`."},
    Key{"call", &text, "A call of `<component>/<method>` of the gateway's own."},
    Key{"broker", &text, broker_doc},
    Key{"mesh", &text, mesh_doc},
    Key{"as", &text, "Who sends it: a user name, or service or anonymous."},
    Key{"qos", &qos, "Quality of service of an MQTT message."},
    Key{"retain", &boolean, "A retained MQTT message."},
    Key{"user", &named_texts, "User properties of an MQTT message."},
    Key{"headers", &named_texts, "Headers of a request."},
    Key{"args", &data, "The arguments of a call, by name or by position."},
    Key{"json", &data, "The payload as JSON."},
    Key{"text", &text, "The payload as text."},
    Key{"hex", &text, "The payload as bytes in hexadecimal."},
    Key{"base64", &text, "The payload as bytes in base64."},
    Key{"event", &later, {}},
};
inline constexpr Table send_table{"a send", "What the test sends: any source, with its payload.", send_keys};
inline constexpr Shape send = map_of(send_table);

inline constexpr std::array mock_error_keys{
    Key{"name", &text, "The error's name."},
    Key{"code", &integer, "The error's code."},
    Key{"message", &text, "The error's message."},
};
inline constexpr Table mock_error_table{
    "a mocked error", "An error that a target answers with.", mock_error_keys};
inline constexpr Shape mock_error = map_of(mock_error_table);
inline constexpr std::array mock_keys{
    Key{"answer", &data, "What the target answers."},
    Key{"error", &mock_error, "The error it answers with."},
};
inline constexpr Table mock_table{"a mock", "How a target behaves in this test.", mock_keys};
inline constexpr Shape mock = map_of(mock_table);
inline constexpr Shape mocks = names_to(mock);

inline constexpr std::array expect_error_keys{
    Key{"name", &text, "The error's name."},
    Key{"code", &integer, "The error's code."},
    Key{"message", &text, "The error's message."},
};
inline constexpr Table expect_error_table{
    "an expected error", "The error the source is answered.", expect_error_keys};
inline constexpr Shape expect_error = map_of(expect_error_table);
inline constexpr std::array<std::string_view, 10> refusal_words{
    "capture", "decode", "parameters", "allow", "absent", "reserved", "limit", "encode", "respond", "hops"};
inline constexpr std::array<std::string_view, 1> refusal_later{"require"};
inline constexpr Shape refusal = choice(refusal_words, refusal_later);
inline constexpr std::array expect_keys{
    Key{"route", &text, "The route that sends it."},
    Key{"mqtt", &text, "A message is published on this topic."},
    Key{"happn", &text, "`set <path>`, `get <path>` or `remove <path>` is sent."},
    Key{"call", &text, "`<component>/<method>` is called."},
    Key{"stream", &text, "A stream of `on <path>`, or of an MQTT filter, is opened."},
    Key{"http", &text, "`<METHOD> <url>` is requested of a service."},
    Key{"broker", &text, broker_doc},
    Key{"mesh", &text, mesh_doc},
    Key{"as", &text, "On whose behalf: a user name, service or anonymous."},
    Key{"args", &data, "The arguments of the call."},
    Key{"qos", &qos, "Quality of service."},
    Key{"retain", &boolean, "Whether it is retained."},
    Key{"user", &named_texts, "User properties, at least these."},
    Key{"json", &data, "The payload or body; objects at least so, lists and scalars exactly so."},
    Key{"text", &text, "The payload or body as text."},
    Key{"hex", &text, "The payload as bytes in hexadecimal."},
    Key{"base64", &text, "The payload as bytes in base64."},
    Key{"status", &http_status, "HTTP status of the answer."},
    Key{"headers", &named_texts, "Headers of the answer, or of the request to a service; at least these."},
    Key{"answer", &data, "What the source is answered."},
    Key{"error", &expect_error, "The error that the source is answered."},
    Key{"refused", &refusal, "Why the message is refused."},
    Key{"filtered", &boolean, "true: the message is dropped on purpose."},
    Key{"branch", &later, {}},
};
inline constexpr Table expect_table{
    "an expectation", "What the test expects: an output, or the answer.", expect_keys};
inline constexpr Shape expectation = map_of(expect_table);
inline constexpr Shape expectations = list_of(expectation);
inline constexpr Shape expect{.kind = Kind::by_kind, .list = &expectations, .map = &expectation};

inline constexpr std::array test_keys{
    Key{"name", &text, "What it shows, as a sentence.", true},
    Key{"send", &send, "What comes in.", true},
    Key{"mock",
        &mocks,
        "Targets that answer: `<target key> <address>`, wildcards allowed, to { answer } or { error }."},
    Key{"expect",
        &expect,
        "What goes out, exactly and in order, and what is answered. []: nothing goes out.",
        true},
    Key{"now", &later, {}},
    Key{"seed", &later, {}},
};
inline constexpr Table test_table{"a test", "One message in, and what must come of it.", test_keys};
inline constexpr Shape test = map_of(test_table);
inline constexpr Shape tests = list_of(test);

}  // namespace mappings::keys
