#include "mappings/language.hpp"

#include <algorithm>
#include <array>

namespace mappings {
namespace {

using Kind = Shape::Kind;
using Words = std::span<const std::string_view>;

constexpr Shape later{.kind = Kind::later};
constexpr Shape text{.kind = Kind::text};
constexpr Shape value{.kind = Kind::value};
constexpr Shape data{.kind = Kind::data};
constexpr Shape boolean{.kind = Kind::boolean};
constexpr Shape integer{.kind = Kind::integer};
constexpr Shape number{.kind = Kind::number};
constexpr Shape duration{.kind = Kind::duration};
constexpr Shape size{.kind = Kind::size};
constexpr Shape qos{.kind = Kind::integer, .minimum = 0, .maximum = 2};
constexpr Shape queue_size{.kind = Kind::integer, .minimum = 1, .maximum = 1'000'000};
constexpr Shape count{.kind = Kind::integer, .minimum = 0, .maximum = 1'000'000};
constexpr Shape http_status{.kind = Kind::integer, .minimum = 200, .maximum = 599};
constexpr Shape texts{.kind = Kind::list, .inner = &text};
constexpr Shape named_texts{.kind = Kind::map, .inner = &text};
constexpr Shape named_data{.kind = Kind::map, .inner = &data};

constexpr Shape choice(Words words, Words words_later = {}) {
    return {.kind = Kind::choice, .choices = words, .choices_later = words_later};
}
constexpr Shape map_of(const Table& table) {
    return {.kind = Kind::table, .table = &table};
}
constexpr Shape list_of(const Shape& inner) {
    return {.kind = Kind::list, .inner = &inner};
}
constexpr Shape names_to(const Shape& inner) {
    return {.kind = Kind::map, .inner = &inner};
}

template <std::size_t N, std::size_t M>
constexpr std::array<Key, N + M> joined(const std::array<Key, N>& first, const std::array<Key, M>& second) {
    std::array<Key, N + M> all{};
    std::ranges::copy(second, std::ranges::copy(first, all.begin()).out);
    return all;
}

constexpr std::array<std::string_view, 6> decodings{"json", "text", "number", "bool", "bytes", "form"};
constexpr std::array<std::string_view, 3> encodings{"json", "text", "bytes"};
constexpr std::array<std::string_view, 3> retained_words{"apply", "ignore", "once"};
constexpr std::array<std::string_view, 2> action_words{"set", "remove"};
constexpr std::array<std::string_view, 3> auth_words{"required", "optional", "none"};
constexpr std::array<std::string_view, 3> idempotency_words{"required", "optional", "none"};
constexpr std::array<std::string_view, 4> body_words{"json", "form", "text", "bytes"};
constexpr std::array<std::string_view, 4> consistency_words{
    "queued", "deferred", "transactional", "acknowledged"};
constexpr std::array<std::string_view, 1> clear_word{"clear"};
constexpr std::array<std::string_view, 1> remove_word{"remove"};
constexpr std::array<std::string_view, 1> meta_word{"meta"};
constexpr std::array<std::string_view, 1> modified_word{"modified"};
constexpr std::array<std::string_view, 1> auto_word{"auto"};
constexpr std::array<std::string_view, 2> overflow_words{"drop_oldest", "close"};
constexpr std::array<std::string_view, 1> delivery_word{"at-most-once"};
constexpr std::array<std::string_view, 1> delivery_later{"at-least-once"};
constexpr std::array<std::string_view, 4> query_types{"string", "int", "number", "bool"};
constexpr std::array<std::string_view, 7> parameter_types{
    "string", "integer", "number", "boolean", "object", "array", "any"};

constexpr Shape decode = choice(decodings);
constexpr Shape encode = choice(encodings);
constexpr Shape retained = choice(retained_words);
constexpr Shape action = choice(action_words);
constexpr Shape actions{.kind = Kind::list, .minimum = 1, .inner = &action};
constexpr Shape auth = choice(auth_words);
constexpr Shape idempotency = choice(idempotency_words);
constexpr Shape http_body_word = choice(body_words);
constexpr Shape consistency = choice(consistency_words);
constexpr Shape clear = choice(clear_word);
constexpr Shape remove = choice(remove_word);
constexpr Shape etag = choice(modified_word);
constexpr Shape with_meta = choice(meta_word);
constexpr Shape overflow = choice(overflow_words);
constexpr Shape delivery_choice = choice(delivery_word, delivery_later);
constexpr Shape delivery{.kind = Kind::by_kind, .scalar = &delivery_choice, .map = &later};
constexpr Shape query_type = choice(query_types);
constexpr Shape parameter_type = choice(parameter_types);

// --- sources
// --------------------------------------------------------------------------------------------------------

constexpr std::string_view mesh_doc =
    "The mesh, by its key in the configuration; `node` is the gateway's own.";
constexpr std::string_view broker_doc = "The broker, by its key in the configuration.";
constexpr std::string_view decode_doc =
    "What the payload is: json (default), text, number, bool, bytes or form.";

constexpr std::array mqtt_source_keys{
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
    Key{"group", &later, {}},
};
constexpr Table mqtt_source{"an mqtt source", "Messages published to a broker.", mqtt_source_keys};

constexpr std::array happn_source_keys{
    Key{"happn", &text, "`on <path>`, with captures: on /devices/{device}/setpoint.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"actions", &actions, "Which publications: set (default), remove, or both."},
    Key{"initial", &boolean, "Begin with what is stored now."},
    Key{"decode", &decode, decode_doc},
    Key{"group", &later, {}},
};
constexpr Table happn_source{"a happn source", "Publications of a mesh.", happn_source_keys};

constexpr std::array query_parameter_keys{
    Key{"type", &query_type, "string (default), int, number or bool."},
    Key{"default", &data, "The value when the request has none."},
    Key{"required", &boolean, "Refuse a request without it."},
    Key{"min", &number, "The smallest number allowed."},
    Key{"max", &number, "The largest number allowed."},
};
constexpr Table query_parameter_table{
    "a query parameter", "One parameter of the query.", query_parameter_keys};
constexpr Shape query_parameter_map = map_of(query_parameter_table);
constexpr Shape query_parameter{.kind = Kind::by_kind, .scalar = &query_type, .map = &query_parameter_map};
constexpr Shape query = names_to(query_parameter);
constexpr Shape http_source_body{.kind = Kind::by_kind, .scalar = &http_body_word, .map = &later};

constexpr Shape some_texts{.kind = Kind::list, .minimum = 1, .inner = &text};
constexpr std::array cors_keys{
    Key{"origins", &some_texts, "Origins such as https://app.example; \"*\" for all.", true},
};
constexpr Table cors_table{"a cors", "Cross-origin requests of browsers.", cors_keys};
constexpr Shape cors = map_of(cors_table);

constexpr std::array http_source_keys{
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
constexpr Table http_source{"an http source", "HTTP requests.", http_source_keys};

constexpr std::array source_variants{Variant{"mqtt", &mqtt_source},
                                     Variant{"happn", &happn_source},
                                     Variant{"http", &http_source},
                                     Variant{"event"}};
constexpr Shape source{.kind = Kind::variants, .variants = source_variants};

// --- targets
// --------------------------------------------------------------------------------------------------------

constexpr std::string_view name_doc = "A name for `respond.from`.";
constexpr std::string_view as_doc =
    "On whose behalf: caller (default), service, or a template that gives a user name (delegation).";
constexpr std::string_view required_doc = "false: its failure does not fail the route.";
constexpr std::string_view encode_doc = "How the payload is sent: json, text or bytes. Default: as it is.";
constexpr std::string_view timeout_doc = "How long to wait for the answer, such as 5s.";

constexpr std::array reply_keys{
    Key{"topic", &text, "Where the answer comes. It may hold {call.id}."},
    Key{"id", &text, "Where the answer holds the call's id: a template over the answer, \"{payload.id}\"."},
    Key{"decode",
        &decode,
        "What the answer's payload is: json (default), text, number, bool, bytes or form."},
    Key{"concurrency",
        &count,
        "Calls at once for one address; 1 where nothing tells answers apart. 0: no limit."},
};
constexpr Table reply_table{"a reply", "How a device answers, without MQTT 5.", reply_keys};
constexpr Shape reply_auto = choice(auto_word);
constexpr Shape reply_map = map_of(reply_table);
constexpr Shape reply{.kind = Kind::by_kind, .scalar = &reply_auto, .map = &reply_map};

constexpr std::array mqtt_target_keys{
    Key{"mqtt", &text, "The topic to publish to, a template: devices/{device}/cmd.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service: 0 (default), 1 or 2."},
    Key{"retain", &boolean, "Let the broker keep it for later subscribers."},
    Key{"expiry", &duration, "How long it is worth delivering, such as 5s (MQTT 5)."},
    Key{"content_type", &text, "Content type (MQTT 5), a template."},
    Key{"user", &named_texts, "User properties (MQTT 5): names to templates."},
    Key{"body", &value, "The payload, instead of what `map` made."},
    Key{"encode", &encode, encode_doc},
    Key{"on_remove", &clear, "clear: a happn remove becomes an empty retained message."},
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
constexpr Table mqtt_target{"an mqtt target", "Publishes to a broker.", mqtt_target_keys};

constexpr std::array happn_target_keys{
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
    Key{"limit", &count, "get: at most so many."},
    Key{"skip", &count, "get: leave out the first."},
    Key{"with", &with_meta, "get: meta adds path and times to each item."},
    Key{"encode", &encode, encode_doc},
    Key{"name", &text, name_doc},
    Key{"as", &text, as_doc},
    Key{"required", &boolean, required_doc},
    Key{"when", &later, {}},
    Key{"ok", &later, {}},
};
constexpr Table happn_target{"a happn target", "Stores, reads or removes on a mesh.", happn_target_keys};

constexpr std::array call_target_keys{
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
constexpr Table call_target{"a call target", "Calls a method of a mesh component.", call_target_keys};

constexpr std::array answer_target_keys{
    Key{"answer", &value, "The value that the source gets.", true},
    Key{"encode", &encode, encode_doc},
    Key{"name", &text, name_doc},
    Key{"when", &later, {}},
};
constexpr Table answer_target{"an answer", "Answers the source itself.", answer_target_keys};

constexpr std::array stream_of_happn_keys{
    Key{"happn", &text, "`on <path>`, a template; {*name} is any level, and a capture of each item.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"actions", &actions, "Which publications: set (default), remove, or both."},
};
constexpr Table stream_of_happn{
    "a stream of publications", "Publications of a mesh, as they come.", stream_of_happn_keys};
constexpr std::array stream_of_mqtt_keys{
    Key{"mqtt", &text, "`<filter>`, a template; {*name} is any level, and a capture of each item.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service; default 0."},
    Key{"decode", &decode, decode_doc},
    Key{"on_empty", &remove, "remove: an empty message tells that its topic has been cleared."},
};
constexpr Table stream_of_mqtt{
    "a stream of topics", "Messages of a broker, as they come.", stream_of_mqtt_keys};
constexpr std::array stream_variants{Variant{"happn", &stream_of_happn}, Variant{"mqtt", &stream_of_mqtt}};
constexpr Shape stream_from{.kind = Kind::variants, .variants = stream_variants};

constexpr std::array queue_keys{
    Key{"max", &queue_size, "Items that wait for one slow reader; default 1000."},
    Key{"overflow", &overflow, "What then: drop_oldest (default; the reader is told), or close."},
};
constexpr Table queue_table{"a queue", "What becomes of a reader that does not keep up.", queue_keys};
constexpr Shape queue = map_of(queue_table);

constexpr std::array stream_target_keys{
    Key{"stream", &stream_from, "Where the items come from.", true},
    Key{"initial", &boolean, "Begin with what is stored now; of topics: with their retained messages."},
    Key{"with", &with_meta, "meta adds path, times and action to each item of a mesh."},
    Key{"queue", &queue, "What becomes of a reader that does not keep up."},
    Key{"heartbeat", &duration, "A sign of life after so long without an item; default 15s."},
    Key{"as", &text, as_doc},
    Key{"when", &later, {}},
};
constexpr Table stream_target{
    "a stream", "Answers an HTTP request with items as they come.", stream_target_keys};
constexpr Shape status_list = list_of(text);
constexpr Shape statuses{.kind = Kind::by_kind, .scalar = &text, .list = &status_list};
constexpr Shape redirect_count{.kind = Kind::integer, .minimum = 0, .maximum = 10};
constexpr Shape retry_count{.kind = Kind::integer, .minimum = 0, .maximum = 100};
constexpr std::array<std::string_view, 1> hmac_words{"sha256"};
constexpr Shape hmac = choice(hmac_words);

constexpr std::array basic_keys{
    Key{"username", &text, "The user name.", true},
    Key{"password", &text, "The password, from ${VAR} or file:PATH.", true},
};
constexpr Table basic_table{"a basic credential", "A user name and password (RFC 7617).", basic_keys};
constexpr Shape basic = map_of(basic_table);
constexpr std::array http_auth_keys{
    Key{"bearer", &text, "A token, from ${VAR} or file:PATH (RFC 6750)."},
    Key{"basic", &basic, "A user name and password (RFC 7617)."},
};
constexpr Table http_auth_table{"an auth", "How the gateway shows a service who it is.", http_auth_keys};
constexpr Shape http_auth = map_of(http_auth_table);

constexpr std::array sign_keys{
    Key{"hmac", &hmac, "sha256, the default."},
    Key{"secret", &text, "What both sides know, from ${VAR} or file:PATH.", true},
    Key{"header", &text, "The header of the signature; default X-Signature."},
    Key{"timestamp", &text, "A header for the time, which is then signed as well: <time>.<body>."},
};
constexpr Table sign_table{"a sign", "The signature of a webhook's body.", sign_keys};
constexpr Shape sign = map_of(sign_table);

constexpr std::array retry_keys{
    Key{"max", &retry_count, "Attempts beyond the first.", true},
    Key{"backoff", &text, "The first and the longest wait; default 1s..1m. Retry-After counts if longer."},
    Key{"when", &texts, "What for: network, statuses, ranges; default [network, 429, 5xx]."},
    Key{"attempt", &duration, "How long one attempt may take; default: all that is left of `timeout`."},
};
constexpr Table retry_table{"a retry", "Further attempts, all within `timeout`.", retry_keys};
constexpr Shape retry = map_of(retry_table);

constexpr std::array tls_keys{
    Key{"ca", &text, "Certificates to trust, PEM or file:PATH. Default: those of the system."},
    Key{"certificate", &text, "The gateway's own, followed by its chain, PEM or file:PATH."},
    Key{"key", &text, "Of that certificate, file:PATH."},
    Key{"server_name", &text, "The name that the certificate must have; default: the URL's host."},
    Key{"verify", &boolean, "false: any certificate will do. For tests only."},
};
constexpr Table tls_table{"a tls", "How the two sides of https know each other.", tls_keys};
constexpr Shape tls = map_of(tls_table);

constexpr std::array http_target_keys{
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
constexpr Table http_target{"an http target", "Sends a request to an HTTP service.", http_target_keys};

constexpr std::array target_variants{Variant{"mqtt", &mqtt_target},
                                     Variant{"happn", &happn_target},
                                     Variant{"call", &call_target},
                                     Variant{"answer", &answer_target},
                                     Variant{"http", &http_target},
                                     Variant{"stream", &stream_target},
                                     Variant{"emit"}};
constexpr Shape target{.kind = Kind::variants, .variants = target_variants};
constexpr Shape target_list = list_of(target);
constexpr Shape targets{.kind = Kind::by_kind, .list = &target_list, .map = &target};

// --- answers
// --------------------------------------------------------------------------------------------------------

constexpr std::array respond_keys{
    Key{"from", &text, "The name of the target whose answer counts; default: the first that answers."},
    Key{"status", &http_status, "HTTP status of success; default 200."},
    Key{"headers", &named_texts, "HTTP headers: names to templates."},
    Key{"user", &named_texts, "User properties of an MQTT 5 answer: names to templates."},
    Key{"body", &value, "The answer, with templates over {answer}; default: the answer itself."},
    Key{"missing", &http_status, "HTTP status of an answer that is null, such as 404."},
    Key{"etag", &etag, "modified: an ETag by the times of what a happn get read; 304 to who has it."},
    Key{"mqtt", &later, {}},
};
constexpr Table respond_table{"a respond", "What the source is answered.", respond_keys};
constexpr Shape respond = map_of(respond_table);

constexpr std::array error_keys{
    Key{"name", &text, "Condition: the error's name, such as AccessDenied or Timeout."},
    Key{"code", &integer, "Condition: the error's code."},
    Key{"status", &http_status, "The HTTP status to answer with."},
    Key{"body", &value, "The answer's body, with templates over {error}."},
    Key{"headers", &named_texts, "HTTP headers: names to templates."},
    Key{"user", &named_texts, "User properties of an MQTT 5 answer: names to templates."},
    Key{"when", &later, {}},
    Key{"when_false", &later, {}},
};
constexpr Table error_table{
    "an error", "How an error is answered; the first entry that fits counts.", error_keys};
constexpr Shape error_entry = map_of(error_table);
constexpr Shape errors = list_of(error_entry);

// --- routes
// ---------------------------------------------------------------------------------------------------------

constexpr std::array mqtt_end_keys{
    Key{"mqtt", &text, "The topic, with captures.", true},
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service in both directions: 0 (default), 1 or 2."},
    Key{"retain", &boolean, "Publish retained; removes are carried, as empty retained messages."},
    Key{"decode", &decode, decode_doc},
    Key{"encode", &encode, encode_doc},
};
constexpr Table mqtt_end{"an mqtt end", "A topic of a broker.", mqtt_end_keys};

constexpr std::array happn_end_keys{
    Key{"happn", &text, "The path, with captures, without a verb.", true},
    Key{"mesh", &text, mesh_doc},
    Key{"initial", &boolean, "Begin with what is stored now."},
    Key{"decode", &decode, decode_doc},
    Key{"encode", &encode, encode_doc},
};
constexpr Table happn_end{"a happn end", "A path of a mesh.", happn_end_keys};

constexpr std::array end_variants{Variant{"mqtt", &mqtt_end}, Variant{"happn", &happn_end}};
constexpr Shape end_of_sync{.kind = Kind::variants, .variants = end_variants};
constexpr std::array sync_keys{
    Key{"a", &end_of_sync, "One end.", true},
    Key{"b", &end_of_sync, "The other end; it binds the same captures.", true},
};
constexpr Table sync_table{"a sync", "Two ends that are kept the same, without echo.", sync_keys};
constexpr Shape sync = map_of(sync_table);

/// What every processing knows, be it a route or a method.
constexpr std::array processing_keys{
    Key{"description", &text, "What it is for; shown in listings."},
    Key{"respond", &respond, "How a source that waits is answered."},
    Key{"errors", &errors, "How it is answered when something fails; the first entry that fits."},
    Key{"as", &text, as_doc},
    Key{"delivery", &delivery, "at-most-once, the default: nothing is kept on disk."},
    Key{"enabled", &boolean, "false: checked, but not run."},
    Key{"require", &later, {}},
    Key{"lookup", &later, {}},
    Key{"when", &later, {}},
    Key{"jq", &later, {}},
    Key{"limits", &later, {}},
    Key{"on_error", &later, {}},
};

constexpr std::array own_route_keys{
    Key{"from", &source, "Where messages come from."},
    Key{"map", &value, "The new payload: an object of templates. With `sync`: { a_to_b, b_to_a }."},
    Key{"to", &targets, "Where they go: one target or a list."},
    Key{"sync", &sync, "A two-way route, instead of `from` and `to`."},
    Key{"prefer", &later, {}},
    Key{"newest_by", &later, {}},
    Key{"resync", &later, {}},
};
constexpr auto route_keys = joined(own_route_keys, processing_keys);
constexpr Table route_table{"a route", "One way for messages: from a source to its targets.", route_keys};
constexpr Shape route = map_of(route_table);
constexpr Shape routes = names_to(route);

// --- components
// -----------------------------------------------------------------------------------------------------

constexpr std::array parameter_keys{
    Key{"type", &parameter_type, "string, integer, number, boolean, object, array or any (default)."},
    Key{"required", &boolean, "Refuse a call without it."},
    Key{"minimum", &number, "The smallest number allowed."},
    Key{"maximum", &number, "The largest number allowed."},
    Key{"enum", &data, "The values allowed, a list."},
    Key{"description", &text, "What it is."},
};
constexpr Table parameter_table{"a parameter", "One parameter of a method.", parameter_keys};
constexpr Shape parameter_map = map_of(parameter_table);
constexpr Shape parameter{.kind = Kind::by_kind, .scalar = &parameter_type, .map = &parameter_map};
constexpr Shape named_parameters = names_to(parameter);
constexpr Shape parameters{.kind = Kind::by_kind, .list = &texts, .map = &named_parameters};

constexpr Shape returns{.kind = Kind::by_kind, .map = &named_data};

constexpr std::array own_method_keys{
    Key{"parameters", &parameters, "Its parameters in order: a list of names, or names to types and limits."},
    Key{"map", &value, "The new payload: an object of templates."},
    Key{"to", &targets, "Who serves it: one target or a list.", true, "switch"},
    Key{"returns", &returns, "JSON Schema of the answer, for OpenAPI and AsyncAPI; answers are not checked."},
    Key{"idempotent", &later, {}},
    Key{"switch", &later, {}},
    Key{"sticky", &later, {}},
    Key{"shadow", &later, {}},
    Key{"fallback", &later, {}},
};
constexpr auto method_keys = joined(own_method_keys, processing_keys);
constexpr Table method_table{"a method", "A route whose source is a call.", method_keys};
constexpr Shape method = map_of(method_table);
constexpr Shape methods = names_to(method);

constexpr std::array component_keys{
    Key{"version", &text, "Its version, such as 1.0.0."},
    Key{"description", &text, "What it is."},
    Key{"methods", &methods, "Its methods by name.", true},
    Key{"events", &later, {}},
};
constexpr Table component_table{"a component", "A mesh component that the gateway provides.", component_keys};
constexpr Shape component = map_of(component_table);
constexpr Shape components = names_to(component);

// --- tests
// ----------------------------------------------------------------------------------------------------------

constexpr std::array send_keys{
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
constexpr Table send_table{"a send", "What the test sends: any source, with its payload.", send_keys};
constexpr Shape send = map_of(send_table);

constexpr std::array mock_error_keys{
    Key{"name", &text, "The error's name."},
    Key{"code", &integer, "The error's code."},
    Key{"message", &text, "The error's message."},
};
constexpr Table mock_error_table{"a mocked error", "An error that a target answers with.", mock_error_keys};
constexpr Shape mock_error = map_of(mock_error_table);
constexpr std::array mock_keys{
    Key{"answer", &data, "What the target answers."},
    Key{"error", &mock_error, "The error it answers with."},
};
constexpr Table mock_table{"a mock", "How a target behaves in this test.", mock_keys};
constexpr Shape mock = map_of(mock_table);
constexpr Shape mocks = names_to(mock);

constexpr std::array expect_error_keys{
    Key{"name", &text, "The error's name."},
    Key{"code", &integer, "The error's code."},
    Key{"message", &text, "The error's message."},
};
constexpr Table expect_error_table{
    "an expected error", "The error the source is answered.", expect_error_keys};
constexpr Shape expect_error = map_of(expect_error_table);
constexpr std::array<std::string_view, 10> refusal_words{
    "capture", "decode", "parameters", "allow", "absent", "reserved", "limit", "encode", "respond", "hops"};
constexpr std::array<std::string_view, 1> refusal_later{"require"};
constexpr Shape refusal = choice(refusal_words, refusal_later);
constexpr std::array expect_keys{
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
constexpr Table expect_table{
    "an expectation", "What the test expects: an output, or the answer.", expect_keys};
constexpr Shape expectation = map_of(expect_table);
constexpr Shape expectations = list_of(expectation);
constexpr Shape expect{.kind = Kind::by_kind, .list = &expectations, .map = &expectation};

constexpr std::array test_keys{
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
constexpr Table test_table{"a test", "One message in, and what must come of it.", test_keys};
constexpr Shape test = map_of(test_table);
constexpr Shape tests = list_of(test);

// --- the file
// -------------------------------------------------------------------------------------------------------

constexpr std::array mqtt_default_keys{
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service where a route says none."},
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table mqtt_defaults_table{
    "mqtt defaults", "For every mqtt source and target of this file.", mqtt_default_keys};
constexpr Shape mqtt_defaults = map_of(mqtt_defaults_table);
constexpr std::array happn_default_keys{
    Key{"mesh", &text, mesh_doc},
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table happn_defaults_table{
    "happn defaults", "For every happn source and target, and every call, of this file.", happn_default_keys};
constexpr Shape happn_defaults = map_of(happn_defaults_table);
constexpr std::array http_default_keys{
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table http_defaults_table{
    "http defaults", "For every http target of this file.", http_default_keys};
constexpr Shape http_defaults = map_of(http_defaults_table);
constexpr std::array default_keys{
    Key{"mqtt", &mqtt_defaults, "For mqtt sources and targets."},
    Key{"happn", &happn_defaults, "For happn sources and targets, and calls."},
    Key{"delivery", &delivery, "at-most-once, the default: nothing is kept on disk."},
    Key{"http", &http_defaults, "For http targets."},
};
constexpr Table defaults_table{"defaults", "What routes of this file need not say.", default_keys};
constexpr Shape defaults = map_of(defaults_table);

constexpr std::array file_keys{
    Key{"version", &integer, "The version of the mapping language: 1."},
    Key{"vars", &named_data, "Constants of this file: {vars.name}."},
    Key{"defaults", &defaults, "What routes of this file need not say."},
    Key{"routes", &routes, "Routes by name; names are unique over all files."},
    Key{"components", &components, "Mesh components that the gateway provides, by name."},
    Key{"tests", &tests, "Examples that are run by `happn-gateway test`."},
    Key{"codecs", &later, {}},
};

}  // namespace

extern const Table file_table{
    "a mapping file", "Routes and components of the gateway, and tests of them.", file_keys};

}  // namespace mappings
