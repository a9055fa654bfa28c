// The keys of `respond` and `errors`. Constants.
#pragma once

#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 1> modified_word{"modified"};
inline constexpr Shape etag = choice(modified_word);

inline constexpr std::array respond_keys{
    Key{"from", &text, "The name of the target whose answer counts; default: the first that answers."},
    Key{"status", &http_status, "HTTP status of success; default 200."},
    Key{"headers", &named_texts, "HTTP headers: names to templates."},
    Key{"user", &named_texts, "User properties of an MQTT 5 answer: names to templates."},
    Key{"body", &value, "The answer, with templates over {answer}; default: the answer itself."},
    Key{"missing", &http_status, "HTTP status of an answer that is null, such as 404."},
    Key{"etag", &etag, "modified: an ETag by the times of what a happn get read; 304 to who has it."},
    Key{"mqtt", &later, {}},
};
inline constexpr Table respond_table{"a respond", "What the source is answered.", respond_keys};
inline constexpr Shape respond = map_of(respond_table);

inline constexpr std::array error_keys{
    Key{"name", &text, "Condition: the error's name, such as AccessDenied or Timeout."},
    Key{"code", &integer, "Condition: the error's code."},
    Key{"status", &http_status, "The HTTP status to answer with."},
    Key{"body", &value, "The answer's body, with templates over {error}."},
    Key{"headers", &named_texts, "HTTP headers: names to templates."},
    Key{"user", &named_texts, "User properties of an MQTT 5 answer: names to templates."},
    Key{"when", &later, {}},
    Key{"when_false", &later, {}},
};
inline constexpr Table error_table{
    "an error", "How an error is answered; the first entry that fits counts.", error_keys};
inline constexpr Shape error_entry = map_of(error_table);
inline constexpr Shape errors = list_of(error_entry);

}  // namespace mappings::keys
