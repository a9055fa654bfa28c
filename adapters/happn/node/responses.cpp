#include "adapters/happn/node/responses.hpp"

#include "adapters/happn/json_scan.hpp"
#include "gateway/json.hpp"

namespace happn::node {

namespace json = gateway::json;

namespace {

std::string response_meta(const Frame& request, std::string_view status, const ResponseMeta& meta) {
    std::string out;
    ObjectWriter writer{out};
    if (meta.timestamp) {
        writer.number("timestamp", *meta.timestamp);
    }
    writer.optional_raw("path", meta.path);
    if (meta.times != nullptr) {
        writer.number("created", meta.times->created).number("modified", meta.times->modified);
    }
    writer.optional_raw("tag", meta.tag);
    scan::members(meta.selected, [&](std::string_view key, std::string_view value) {
        if (key != "\"path\"" || meta.path.empty()) {
            writer.raw(text_of(key), value);
        }
    });
    writer.optional_raw("publishResults", meta.publish_results).optional_text("referenceId", meta.reference);
    echo_request(writer, request, status, meta.published);
    writer.end();
    return out;
}

void end_with(ObjectWriter& writer, const FrameTail& tail) {
    writer.optional_text("protocol", tail.protocol);
    if (tail.outbound) {
        writer.boolean("__outbound", true);
    }
    writer.end();
}

/// As servers of the session's dialect write it: the first one put name and message of their own errors into
/// one.
std::string error_object(const Refusal& refusal, const Dialect& dialect) {
    const bool of_the_system = refusal.name == "SystemError";
    std::string error;
    ObjectWriter writer{error};
    if (dialect.names_errors_by_their_text() && !of_the_system) {
        writer.text("name", refusal.name + ": " + refusal.message);
    } else {
        writer.text("name", refusal.name).text("message", refusal.message);
    }
    if (refusal.code != 0) {
        writer.number("code", refusal.code);
    }
    if (of_the_system) {
        writer.raw("inner", "{}").number("severity", 0);
    }
    writer.optional_text("reason", refusal.reason).end();
    return error;
}

}  // namespace

void echo_request(ObjectWriter& meta, const Frame& request, std::string_view status, bool published) {
    meta.text("type", "response").text("status", status).boolean("published", published);
    meta.optional_raw("eventId", request.event_id).optional_raw("sessionId", request.session_id_raw);
    meta.optional_text("action", request.action);
}

std::string ok_response(const Session& session,
                        const Frame& request,
                        std::string_view data,
                        const ResponseMeta& meta,
                        std::string_view initial_values) {
    const auto meta_text = response_meta(request, "ok", meta);
    std::string out;
    out.reserve(data.size() + initial_values.size() + meta_text.size() + 64);
    ObjectWriter writer{out};
    writer.optional_raw("data", data).raw("_meta", meta_text).optional_raw("initialValues", initial_values);
    end_with(writer, session.dialect.response_tail());
    return out;
}

std::string bare_response(const Frame& request, bool published) {
    std::string meta;
    ObjectWriter writer{meta};
    writer.optional_raw("path", request.path_raw).optional_raw("eventId", request.event_id);
    writer.text("type", "response").text("status", "ok").boolean("published", published).end();
    return "{\"_meta\":" + meta + "}";
}

std::string list_response(const Frame& request, std::string_view items) {
    return write_list(items, response_meta(request, "ok", {}));
}

std::string error_response(const Session& session, const Frame& request, const Refusal& refusal) {
    const auto error = error_object(refusal, session.dialect);
    std::string meta;
    ObjectWriter writer{meta};
    echo_request(writer, request, "error", false);
    writer.raw("error", error).end();
    return write_frame({}, meta, session.dialect.response_tail());
}

std::string item_meta(const query::Selected& selected, bool old) {
    if (!old) {
        return query::item_meta(selected);
    }
    std::string out;
    ObjectWriter writer{out};
    if (!selected.meta) {
        writer.number("created", selected.times.created).number("modified", selected.times.modified);
    } else if (!json::member(*selected.meta, "path")) {
        writer.spread(*selected.meta);
    }
    writer.text("path", selected.path).text("_id", selected.path);
    writer.optional_raw("tag", selected.tag).end();
    return out;
}

std::string list_item(const query::Selected& selected, bool old) {
    return query::with_meta(selected, item_meta(selected, old));
}

}  // namespace happn::node
