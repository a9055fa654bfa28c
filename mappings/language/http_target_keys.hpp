// The keys of an HTTP request in `to`. Constants.
#pragma once

#include "mappings/language/shapes.hpp"

namespace mappings::keys {

inline constexpr Shape status_list = list_of(text);
inline constexpr Shape statuses{.kind = Kind::by_kind, .scalar = &text, .list = &status_list};
inline constexpr Shape redirect_count{.kind = Kind::integer, .minimum = 0, .maximum = 10};
inline constexpr Shape retry_count{.kind = Kind::integer, .minimum = 0, .maximum = 100};
inline constexpr std::array<std::string_view, 1> hmac_words{"sha256"};
inline constexpr Shape hmac = choice(hmac_words);

inline constexpr std::array basic_keys{
    Key{"username", &text, "The user name.", true},
    Key{"password", &text, "The password, from ${VAR} or file:PATH.", true},
};
inline constexpr Table basic_table{"a basic credential", "A user name and password (RFC 7617).", basic_keys};
inline constexpr Shape basic = map_of(basic_table);
inline constexpr std::array http_auth_keys{
    Key{"bearer", &text, "A token, from ${VAR} or file:PATH (RFC 6750)."},
    Key{"basic", &basic, "A user name and password (RFC 7617)."},
};
inline constexpr Table http_auth_table{
    "an auth", "How the gateway shows a service who it is.", http_auth_keys};
inline constexpr Shape http_auth = map_of(http_auth_table);

inline constexpr std::array sign_keys{
    Key{"hmac", &hmac, "sha256, the default."},
    Key{"secret", &text, "What both sides know, from ${VAR} or file:PATH.", true},
    Key{"header", &text, "The header of the signature; default X-Signature."},
    Key{"timestamp", &text, "A header for the time, which is then signed as well: <time>.<body>."},
};
inline constexpr Table sign_table{"a sign", "The signature of a webhook's body.", sign_keys};
inline constexpr Shape sign = map_of(sign_table);

inline constexpr std::array retry_keys{
    Key{"max", &retry_count, "Attempts beyond the first.", true},
    Key{"backoff", &text, "The first and the longest wait; default 1s..1m. Retry-After counts if longer."},
    Key{"when", &texts, "What for: network, statuses, ranges; default [network, 429, 5xx]."},
    Key{"attempt", &duration, "How long one attempt may take; default: all that is left of `timeout`."},
};
inline constexpr Table retry_table{"a retry", "Further attempts, all within `timeout`.", retry_keys};
inline constexpr Shape retry = map_of(retry_table);

inline constexpr std::array tls_keys{
    Key{"ca", &text, "Certificates to trust, PEM or file:PATH. Default: those of the system."},
    Key{"certificate", &text, "The gateway's own, followed by its chain, PEM or file:PATH."},
    Key{"key", &text, "Of that certificate, file:PATH."},
    Key{"server_name", &text, "The name that the certificate must have; default: the URL's host."},
    Key{"verify", &boolean, "false: any certificate will do. For tests only."},
};
inline constexpr Table tls_table{"a tls", "How the two sides of https know each other.", tls_keys};
inline constexpr Shape tls = map_of(tls_table);

inline constexpr std::array http_target_keys{
    Key{"http",
        &text,
        "`<METHOD> <url>`, a template behind the host: GET https://weather.example/v1/{city}.",
        true},
    Key{"headers", &named_texts, "Headers: names to templates."},
    Key{"body", &value, "The payload, instead of what `map` made."},
    Key{"encode", &encode, encode_doc},
    Key{"ok", &statuses, "The statuses that are a success; default 200..299. Others are an HttpError."},
    Key{"auth", &http_auth, "Who the gateway is there: { bearer } or { basic }."},
    Key{"sign", &sign, "A signature of the body, for webhooks."},
    Key{"timeout", &duration, "For the answer, with all attempts; default 10s."},
    Key{"retry", &retry, "When to try again."},
    Key{"concurrency", &count, "Requests of this target at once. 0: as many as the host may have."},
    Key{"cache", &duration, "GET: how long an answer is given again to the same caller."},
    Key{"tls", &tls, "Of https."},
    Key{"redirects", &redirect_count, "GET and HEAD: redirects followed at most; default 0."},
    Key{"private_addresses", &boolean, "true: a redirect to another host may lead into the private network."},
    Key{"max_response", &size, "The largest body of an answer, unpacked; default 4MiB."},
    Key{"name", &text, name_doc},
    Key{"as", &text, as_doc},
    Key{"required", &boolean, required_doc},
    Key{"when", &later, {}},
};
inline constexpr Table http_target{"an http target", "Sends a request to an HTTP service.", http_target_keys};

}  // namespace mappings::keys
