#include "adapters/happn/node/subscription_actions.hpp"

#include <algorithm>
#include <utility>

#include "gateway/json.hpp"

namespace happn::node {

namespace {

std::string kept(std::string_view raw) {
    return raw.empty() || raw.size() > max_kept_json ? "{}" : std::string{raw};
}

/// A response address of somebody else: such an `on` is answered as if it had been made.
bool foreign_response(const Session& session, std::string_view channel) {
    return channel.find("/_exchange/responses") != std::string_view::npos &&
           channel.find(session.id) == std::string_view::npos;
}

std::string id_object(std::string_view id) {
    std::string out;
    ObjectWriter{out}.text("id", id).end();
    return out;
}

std::string_view word_text(ChannelWord word) {
    return word == ChannelWord::set ? "SET" : word == ChannelWord::remove ? "REMOVE" : "ALL";
}

}  // namespace

std::optional<Refusal> SubscriptionActions::refusal(const Session& session, const Frame& request) const {
    const bool old = session.dialect.old();
    if (old && (!request.path_raw.starts_with('"') || !parse_channel(request.path))) {
        return Refusal{"Error", "subscription filter failed: the path needs /SET@, /REMOVE@ or /ALL@", 0, {}};
    }
    if (auto wrong = path_refusal(session, request)) {
        return wrong;
    }
    const auto slashes = std::count(request.path.begin(), request.path.end(), '/');
    if (static_cast<std::size_t>(slashes) > max_pattern_segments) {
        return Refusal{"Error", "Bad path, too many segments", 0, {}};
    }
    if (state_.subscriptions.count(session.number) >= state_.settings.max_subscriptions) {
        state_.metrics.count("node_subscriptions_refused");
        return system_error("too many subscriptions", "SubscriptionService");
    }
    return std::nullopt;
}

void SubscriptionActions::on(Session& session, const Frame& request) {
    const bool old = session.dialect.old();
    if (const auto wrong = refusal(session, request)) {
        return state_.send(session, error_response(session, request, *wrong));
    }
    if (foreign_response(session, request.path)) {
        const auto now = std::to_string(gateway::wall_now());
        return state_.send(session, ok_response(session, request, old ? "{}" : "{\"id\":" + now + "}"));
    }
    const auto options = RequestOptions::parse(request.options);
    std::vector<query::Selected> initial;
    if (options.initial_callback || options.initial_emit) {
        auto stored = stored_under(request.path);
        if (stored.has_error()) {
            const auto failed =
                system_error(old ? "subscribe failed" : stored.error().message, "SubscriptionService");
            return state_.send(session, error_response(session, request, failed));
        }
        initial = *std::move(stored);
    }
    const auto reference = ++state_.last_reference;
    Subscription subscription{reference, options.listener, kept(request.options)};
    state_.subscriptions.add(session.number,
                             session.dialect.generation,
                             request.path,
                             options.depth,
                             std::move(subscription),
                             !old && options.merge);
    const auto reference_text = state_.reference_text(reference);
    if (options.initial_callback || options.initial_emit) {
        return answer_with_initial(session, request, options, reference_text, std::move(initial));
    }
    state_.send(session, ok_response(session, request, old ? "{}" : id_object(reference_text)));
}

gateway::Result<std::vector<query::Selected>> SubscriptionActions::stored_under(
    std::string_view channel) const {
    const auto parsed = parse_channel(channel);
    return parsed ? data_.read(parsed->path, {}) : std::vector<query::Selected>{};
}

void SubscriptionActions::answer_with_initial(Session& session,
                                              const Frame& request,
                                              const RequestOptions& options,
                                              const std::string& reference,
                                              std::vector<query::Selected> stored) {
    const bool old = session.dialect.old();
    if (!old) {  // the stores of the two generations list differently
        std::ranges::stable_sort(
            stored, {}, [](const query::Selected& selected) { return selected.times.modified; });
    }
    std::string items;
    std::string values;
    for (const query::Selected& selected : stored) {
        std::string meta = item_meta(selected, old);
        if (old && options.initial_emit) {
            emit_initial(session, request, selected);
            meta = R"({"published":true})";
        }
        std::string item;
        ObjectWriter{item}.spread(selected.data).raw("_meta", meta).end();
        items.append(items.empty() ? "[" : ",").append(item);
        std::string value;
        ObjectWriter{value}.raw("data", item).raw("_meta", meta).end();
        values.append(values.empty() ? "[" : ",").append(value);
    }
    items.append(items.empty() ? "[]" : "]");
    values.append(values.empty() ? "[]" : "]");
    ResponseMeta meta;
    if (!old) {
        meta.reference = reference;
    }
    state_.send(session, ok_response(session, request, items, meta, values));
}

/// Old clients take initial values from publications, which say /ON@<channel> as their action, and not where
/// the value belongs.
void SubscriptionActions::emit_initial(Session& session,
                                       const Frame& request,
                                       const query::Selected& selected) {
    std::string action{"/ON@"};
    action += request.path;
    Publication publication;
    publication.publisher = session.id;
    publication.event_id = request.event_id;
    std::string meta;
    ObjectWriter writer{meta};
    writer.text("publicationId", publication_id(publication))
        .text("channel", request.path)
        .text("action", action)
        .text("type", "data")
        .text("sessionId", session.id);
    writer.number("consistency", consistency_transactional).end();
    state_.send(session, write_frame(selected.data, meta, session.dialect.publication_tail()));
}

void SubscriptionActions::off(Session& session, const Frame& request) {
    const auto options = RequestOptions::parse(request.options);
    const auto removed = take_off(session, request, options);
    if (session.dialect.old()) {
        return state_.send(session, ok_response(session, request, "{}"));
    }
    const bool by_reference = options.reference.starts_with('"');
    std::string data;
    ObjectWriter writer{data};
    writer.raw("id", by_reference ? options.reference : std::string_view{"false"});
    writer.raw("removed", removed_list(session, removed)).end();
    state_.send(session, ok_response(session, request, data));
}

std::vector<Removed> SubscriptionActions::take_off(const Session& session,
                                                   const Frame& request,
                                                   const RequestOptions& options) {
    auto& subscriptions = state_.subscriptions;
    if (request.path.empty()) {
        return {};
    }
    if (request.path == "*") {
        return subscriptions.remove_all(session.number);
    }
    if (options.reference.starts_with('"')) {
        const auto reference = state_.reference_number(text_of(options.reference));
        return subscriptions.remove_reference(session.number, request.path, reference);
    }
    if (session.dialect.old() && options.listener >= 0) {
        return subscriptions.remove_listener(session.number, request.path, options.listener);
    }
    return subscriptions.remove_channel(session.number, request.path);
}

std::string SubscriptionActions::removed_list(const Session& session,
                                              const std::vector<Removed>& removed) const {
    std::string who;
    ObjectWriter{who}
        .text("id", session.id)
        .text("protocol", session.dialect.announced)
        .raw("info", session.info.empty() ? "{}" : session.info)
        .end();
    std::string list{"["};
    for (const Removed& one : removed) {
        std::string data;
        ObjectWriter writer{data};
        writer.raw("options", one.subscription.options).raw("session", who);
        writer.text("ref", state_.reference_text(one.subscription.reference));
        writer.text("action", word_text(one.word)).text("searchPath", one.path).text("path", one.path).end();
        if (list.size() > 1) {
            list += ',';
        }
        ObjectWriter{list}.text("subscriberKey", session.id).raw("data", data).end();
    }
    return list += ']';
}

}  // namespace happn::node
