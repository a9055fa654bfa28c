#include "adapters/happn/node/data_actions.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/node/store/stored_items.hpp"
#include "adapters/happn/node/tags.hpp"
#include "gateway/identity.hpp"
#include "gateway/json.hpp"
#include "gateway/log.hpp"

namespace happn::node {

namespace {

constexpr std::string_view bad_characters =
    "Bad path, can only contain characters a-z A-Z 0-9 / & + = : @ % * ( ) _ -, ie: "
    "factory1@I&J(western-cape)/plant1:conveyer_2/stats=true/capacity=10%/*";
constexpr std::string_view bad_set_path =
    "Bad path, if the action is 'set' the path cannot contain the * wildcard character";

std::optional<double> number_of(std::string_view raw) {
    double number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    const bool whole = error == std::errc{} && end == raw.data() + raw.size();
    return whole && std::isfinite(number) ? std::optional{number} : std::nullopt;
}

std::string number_text(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

/// The counter `gauge` (a JSON string) of an item: 0 if it has none. nullopt: something else is there.
std::optional<double> counter_of(const std::optional<Item>& item, std::string_view gauge) {
    std::string_view member;
    if (item) {
        scan::members(item->data, [&](std::string_view key, std::string_view value) {
            member = key == gauge ? value : member;
        });
    }
    if (member.empty() || member == "null") {
        return 0;
    }
    const auto value = gateway::json::member(member, "value");
    return value ? number_of(*value) : std::nullopt;
}

Publication publication_of(const Session& session, const Frame& request, const RequestOptions& options) {
    Publication publication;
    publication.path = request.path;
    publication.publisher = session.id;
    publication.session = session.number;
    publication.event_id = request.event_id;
    publication.consistency = options.consistency;
    publication.meta = options.meta;
    publication.targets = options.targets;
    publication.no_cluster = options.no_cluster;
    return publication;
}

std::string removed_data(std::size_t removed) {
    return "{\"removed\":" + std::to_string(removed) + "}";
}

}  // namespace

Refusal system_error(std::string message, std::string service) {
    return {"SystemError", std::move(message), 500, std::move(service)};
}

std::optional<Refusal> path_refusal(const Session& session, const Frame& request) {
    if (!request.path_raw.starts_with('"')) {
        if (session.dialect.old()) {
            return system_error("get recipients failed", "SubscriptionService");
        }
        const auto shown =
            request.path_raw.empty() ? std::string_view{"undefined"} : request.path_raw.substr(0, 64);
        return Refusal{"Error", "Bad path [" + std::string{shown} + "], must be a string", 0, {}};
    }
    if (request.path.size() > max_path) {
        return Refusal{"Error", "Bad path, longer than " + std::to_string(max_path) + " bytes", 0, {}};
    }
    if (session.dialect.old()) {
        return std::nullopt;
    }
    if (!legal_path(request.path)) {
        return Refusal{"Error", std::string{bad_characters}, 0, {}};
    }
    if (request.action == "set" && !legal_set_path(request.path)) {
        return Refusal{"Error", std::string{bad_set_path}, 0, {}};
    }
    return std::nullopt;
}

gateway::Result<Written> DataActions::write(std::string_view path,
                                            std::string data,
                                            const RequestOptions& options) {
    if (options.no_store) {
        return Written{std::move(data), std::nullopt};
    }
    if (options.merge) {
        const auto present = state_.store->get(path);
        if (present.has_error()) {
            return count_failure(present.error());
        }
        data = *present ? merged((*present)->data, data, options.merged_nulls) : std::move(data);
    }
    const auto now = gateway::wall_now();
    Item item{std::move(data), {now, now}, {}};
    const auto times = state_.store->put(path, item);
    if (times.has_error()) {
        return count_failure(times.error());
    }
    return Written{std::move(item.data), *times};
}

gateway::Result<std::vector<query::Selected>> DataActions::read(std::string_view path,
                                                                std::string_view options,
                                                                query::Naming naming) const {
    auto found =
        query::select(stored_items(*state_.store, path), options, naming, state_.settings.max_backlog);
    if (found.has_error() && found.error().errc == gateway::Errc::overloaded) {
        state_.metrics.count("node_answers_too_large");
        return found;
    }
    if (found.has_error()) {
        return count_failure(found.error());
    }
    return found;
}

gateway::Result<std::size_t> DataActions::erase(std::string_view path) {
    auto removed = state_.store->remove(path);
    if (removed.has_error()) {
        return count_failure(removed.error());
    }
    return removed;
}

/// Servers since happn-3 4 heed the criteria of a remove by wildcard. What cannot be read removes nothing.
gateway::Result<std::size_t> DataActions::erase(const Session& session, const Frame& request) {
    const bool wildcard = request.path.find('*') != std::string_view::npos;
    const auto criteria = gateway::json::member(request.options, "criteria");
    if (session.dialect.old() || !wildcard || !criteria || *criteria == "null") {
        return erase(request.path);
    }
    if (!criteria->starts_with('{')) {
        return gateway::Error{gateway::Errc::bad_request, "criteria must be an object"};
    }
    const auto found = query::select(stored_items(*state_.store, request.path),
                                     "{\"criteria\":" + std::string{*criteria} + "}",
                                     query::Naming::current);
    if (found.has_error()) {
        return count_failure(found.error());
    }
    std::vector<std::string> paths;
    for (const query::Selected& selected : *found) {
        paths.push_back(selected.path);
    }
    auto removed = state_.store->remove_paths(paths);
    if (removed.has_error()) {
        return count_failure(removed.error());
    }
    return removed;
}

/// Old servers say what failed, not why, unless it is a limit of this node.
void DataActions::refuse(Session& session,
                         const Frame& request,
                         std::string_view what,
                         const gateway::Error& why) {
    const bool limit = why.errc == gateway::Errc::overloaded;
    auto message = session.dialect.old() && !limit ? std::string{what} : why.message;
    const auto refusal = system_error(std::move(message), "DataService");
    state_.send(session, error_response(session, request, refusal));
}

/// Counts what the store refuses, and logs what it cannot do.
const gateway::Error& DataActions::count_failure(const gateway::Error& error) const {
    if (error.errc == gateway::Errc::overloaded) {
        state_.metrics.count("node_store_full");
    } else if (error.errc == gateway::Errc::unavailable) {
        state_.metrics.count("node_store_failed");
        gateway::log::error("node: {}", error.message);
    }
    return error;
}

void DataActions::set(Session& session, const Frame& request, gateway::TimePoint now) {
    if (const auto refusal = path_refusal(session, request)) {
        return state_.send(session, error_response(session, request, *refusal));
    }
    auto options = RequestOptions::parse(request.options);
    options.no_publish = options.no_publish || (options.bulk && !session.dialect.old());
    const bool old = session.dialect.old();
    if (!old && !options.increment.empty() && !options.no_store) {
        return increment(session, request, options, now);
    }
    if (old && !options.tag.empty() && !options.no_store) {
        return tag(session, request, options, now);
    }
    options.merged_nulls = old ? Nulls::keep_old : Nulls::replace;
    const bool sibling = old && options.sibling && !options.no_store;
    const std::string path = sibling ? sibling_path(request.path) : std::string{request.path};
    const std::string path_raw = sibling ? gateway::json::quoted(path) : std::string{request.path_raw};
    const bool null = request.data.empty() && options.null_value;
    auto given = stored_form(null ? "null" : request.data);
    const std::string merged_in = options.merge && !options.no_store ? given : std::string{};
    const auto written = write(path, std::move(given), options);
    if (written.has_error()) {
        return refuse(session, request, "doStore failed", written.error());
    }
    Publication publication = publication_of(session, request, options);
    publication.item_path = sibling ? std::string_view{path} : std::string_view{};
    publication.data = written->data;
    publication.merged_in = merged_in;
    publication.times = written->times ? &*written->times : nullptr;
    publish_and_answer(session, publication, options, now, [&](const std::string& results) {
        return set_response(session, request, path_raw, options, *written, results);
    });
}

/// As on happn-3 1.12.1: published on the path of the original, with the copy's own path in the _meta.
void DataActions::tag(Session& session,
                      const Frame& request,
                      const RequestOptions& options,
                      gateway::TimePoint now) {
    if (!request.data.empty() && request.data != "null") {
        const auto refusal = system_error("doStore failed", "DataService");
        return state_.send(session, error_response(session, request, refusal));
    }
    const auto tagged = tag_item(*state_.store, request.path, options.tag);
    if (tagged.has_error()) {
        return refuse(session, request, "doStore failed", count_failure(tagged.error()));
    }
    Publication publication = publication_of(session, request, options);
    publication.item_path = tagged->path;
    publication.data = tagged->data;
    publication.times = &tagged->times;
    publication.tag = options.tag;
    const auto path_raw = gateway::json::quoted(tagged->path);
    const Written written{tagged->data, tagged->times};
    publish_and_answer(session, publication, options, now, [&](const std::string& results) {
        return set_response(session, request, path_raw, options, written, results);
    });
}

/// Publications come before the answer, or after it where the publisher does not wait for them. `results` is
/// empty when nothing has been published yet.
void DataActions::publish_and_answer(Session& session,
                                     const Publication& publication,
                                     const RequestOptions& options,
                                     gateway::TimePoint now,
                                     const std::function<std::string(const std::string& results)>& response) {
    if (options.no_publish) {
        return state_.send(session, response({}));
    }
    if (options.consistency == consistency_transactional) {
        const auto results = publisher_.publish(publication, now);
        return state_.send(session, response(results.json()));
    }
    state_.send(session, response({}));
    const auto results = publisher_.publish(publication, now);
    if (!(session.dialect.old() && options.consistency == consistency_queued)) {
        publisher_.report(publication, results);
    }
}

/// As on happn-3 13.12.1: the item's own times are not told.
void DataActions::increment(Session& session,
                            const Frame& request,
                            const RequestOptions& options,
                            gateway::TimePoint now) {
    const auto refuse_counter = [&](std::string message) {
        const Refusal refusal{"Error", std::move(message), 0, {}};
        state_.send(session, error_response(session, request, refusal));
    };
    if (!request.data.starts_with('"')) {
        return refuse_counter("invalid increment counter field name, must be a string");
    }
    const auto step = number_of(options.increment);
    if (!step) {
        return refuse_counter("increment option value must be a number");
    }
    const auto item = state_.store->get(request.path);
    if (item.has_error()) {
        return refuse(session, request, "doStore failed", item.error());
    }
    const auto before = counter_of(*item, request.data);
    if (!before || !std::isfinite(*before + *step)) {
        return refuse_counter("the item holds no counter of that name");
    }
    const auto value = number_text(*before + *step);
    std::string change{"{"};
    change.append(request.data).append(R"(:{"value":)").append(value).append("}}");
    RequestOptions merging;
    merging.merge = true;
    if (const auto written = write(request.path, std::move(change), merging); written.has_error()) {
        return refuse(session, request, "doStore failed", written.error());
    }
    Written counted;
    ObjectWriter{counted.data}.raw("value", value).raw("gauge", request.data).end();
    Publication publication = publication_of(session, request, options);
    publication.data = counted.data;
    publish_and_answer(session, publication, options, now, [&](const std::string& results) {
        return set_response(session, request, {}, options, counted, results);
    });
}

std::string DataActions::set_response(const Session& session,
                                      const Frame& request,
                                      std::string_view path_raw,
                                      const RequestOptions& options,
                                      const Written& written,
                                      const std::string& results) {
    const bool published = !results.empty();
    if (options.no_data_response && session.dialect.no_data_response()) {
        return bare_response(request, published);
    }
    ResponseMeta meta;
    meta.path = path_raw;
    meta.times = written.times ? &*written.times : nullptr;
    meta.tag = session.dialect.old() && !options.no_store ? options.tag : std::string_view{};
    meta.published = published;
    if (options.publish_results) {
        meta.publish_results = results;
    }
    return ok_response(session, request, written.data, meta);
}

void DataActions::get(Session& session, const Frame& request) {
    if (!request.path_raw.starts_with('"')) {
        return state_.send(session, error_response(session, request, *path_refusal(session, request)));
    }
    const auto read_items = read(request.path, request.options, session.dialect.naming());
    if (read_items.has_error()) {
        return refuse(session, request, "doGet failed", read_items.error());
    }
    const auto& found = *read_items;
    if (request.path.find('*') != std::string_view::npos) {
        std::string items;
        for (const query::Selected& selected : found) {
            items.append(items.empty() ? "" : ",").append(list_item(selected, session.dialect.old()));
        }
        return state_.send(session, list_response(request, items));
    }
    if (found.empty()) {
        return state_.send(session, ok_response(session, request, "null"));
    }
    const query::Selected& selected = found.front();
    if (selected.meta) {  // `fields` left part of it
        const std::string_view data = selected.data == "{}" ? std::string_view{} : selected.data;
        ResponseMeta meta;
        meta.path = session.dialect.old() ? request.path_raw : std::string_view{};
        meta.selected = *selected.meta;
        return state_.send(session, ok_response(session, request, data, meta));
    }
    ResponseMeta meta;
    meta.path = request.path_raw;
    meta.times = &selected.times;
    meta.tag = selected.tag;
    state_.send(session, ok_response(session, request, selected.data, meta));
}

void DataActions::remove(Session& session, const Frame& request, gateway::TimePoint now) {
    if (const auto refusal = path_refusal(session, request)) {
        return state_.send(session, error_response(session, request, *refusal));
    }
    const auto options = RequestOptions::parse(request.options);
    const auto removed = erase(session, request);
    if (removed.has_error()) {
        return refuse(session, request, "doRemove failed", removed.error());
    }
    const auto data = removed_data(*removed);
    ResponseMeta meta;
    meta.path = request.path_raw;
    meta.timestamp = gateway::wall_now();
    Publication publication = publication_of(session, request, options);
    publication.word = ChannelWord::remove;
    publication.data = data;
    publication.timestamp = *meta.timestamp;
    publish_and_answer(session, publication, options, now, [&](const std::string& results) {
        meta.published = !results.empty();
        return ok_response(session, request, data, meta);
    });
}

void DataActions::count(Session& session, const Frame& request) {
    if (session.dialect.old()) {
        return state_.send(session, ok_response(session, request, "null"));
    }
    const auto counted =
        query::count(stored_items(*state_.store, request.path), request.options, session.dialect.naming());
    if (counted.has_error()) {
        return refuse(session, request, "doGet failed", count_failure(counted.error()));
    }
    const auto value = std::to_string(*counted);
    state_.send(session, ok_response(session, request, "{\"value\":" + value + "}"));
}

}  // namespace happn::node
