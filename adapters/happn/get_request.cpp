#include "adapters/happn/get_request.hpp"

#include <charconv>

#include "adapters/happn/items_version.hpp"
#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Outcome;
using gateway::Payload;

namespace {

Payload json_payload(std::string text) {
    return Payload{gateway::Bytes{std::move(text)}, gateway::Encoding::json, "application/json"};
}

/// 0: not said.
gateway::WallTime time_of(std::string_view raw) {
    gateway::WallTime time = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), time);
    return time;
}

void look_at_one(const Frame& answer, const query::Items::Visit& visit) {
    const bool nothing = answer.data.empty() || answer.data == "null";
    if (nothing) {
        return;
    }
    std::string meta;
    ObjectWriter{meta}
        .optional_text("path", answer.meta.path)
        .optional_raw("created", answer.meta.created)
        .optional_raw("modified", answer.meta.modified)
        .end();
    const Times times{time_of(answer.meta.created), time_of(answer.meta.modified)};
    visit({answer.meta.path, stored_form(answer.data), times, {}, meta});
}

bool look_at(std::string_view item, const query::Items::Visit& visit) {
    const auto meta = json::member(item, "_meta").value_or("{}");
    const Times times{time_of(json::member(meta, "created").value_or("")),
                      time_of(json::member(meta, "modified").value_or(""))};
    const auto path = text_of(json::member(meta, "path").value_or(""));
    return visit({path, stored_form(item), times, {}, meta});
}

void look_at_all(const Frame& answer, const query::Items::Visit& visit) {
    if (answer.kind != Frame::Kind::list) {
        look_at_one(answer, visit);
        return;
    }
    std::string items{"["};
    items.append(answer.items).append("]");
    bool more = true;
    scan::elements(items, [&](std::string_view item) { more = more && look_at(item, visit); });
}

query::Items items_of(const Frame& answer, std::string_view path) {
    return {path, [&answer](const query::Items::Visit& visit) {
                look_at_all(answer, visit);
                return gateway::Result<void>{};
            }};
}

/// Path and times, also where `fields` left nothing of them.
std::string whole_meta(query::Selected selected) {
    if (selected.meta && !json::member(*selected.meta, "path")) {
        selected.meta.reset();
    }
    return query::item_meta(selected);
}

Payload value_of(const query::Selected& selected, bool with_meta) {
    return with_meta ? json_payload(query::with_meta(selected, whole_meta(selected)))
                     : unwrapped(selected.data);
}

/// As an element of a list: bytes stay as happn keeps them.
std::string element_of(const query::Selected& selected, bool with_meta) {
    const auto value = value_of(selected, with_meta);
    return value.encoding == gateway::Encoding::json ? value.bytes.str() : selected.data;
}

Payload payload_of(std::string_view path, const std::vector<query::Selected>& found, bool with_meta) {
    if (path.find('*') == std::string_view::npos) {
        return found.empty() ? json_payload("null") : value_of(found.front(), with_meta);
    }
    std::string list{"["};
    for (const query::Selected& selected : found) {
        list.append(list.size() > 1 ? "," : "").append(element_of(selected, with_meta));
    }
    return json_payload(list += ']');
}

std::string version_of(const std::vector<query::Selected>& found) {
    ItemsVersion version;
    for (const auto& [path, data, times, tag, meta] : found) {
        version.add(path, times.modified == 0 ? std::string{} : std::to_string(times.modified));
    }
    return version.text();
}

std::string criteria_alone(std::string_view options) {
    std::string criteria;
    ObjectWriter{criteria}.optional_raw("criteria", json::member(options, "criteria").value_or("")).end();
    return criteria;
}

/// Without sort, limit and skip.
std::string without_options(std::string_view options) {
    std::string rest;
    ObjectWriter{rest}
        .optional_raw("criteria", json::member(options, "criteria").value_or(""))
        .optional_raw("onBehalfOf", json::member(options, "onBehalfOf").value_or(""))
        .end();
    return rest;
}

std::string with_on_behalf_of(std::string options, std::string_view user) {
    std::string all;
    ObjectWriter{all}.spread(options).optional_text("onBehalfOf", user).end();
    return all;
}

}  // namespace

GetRequest::GetRequest(const gateway::Output& output, bool with_meta, bool modern, query::Store store)
    : path_{output.address},
      naming_{modern ? query::Naming::current : query::Naming::old},
      with_meta_{with_meta} {
    auto [options, remaining, limit] = query::push_down(output.options, store);
    limit_ = limit;
    options_ = modern ? with_on_behalf_of(std::move(options), output.on_behalf_of) : std::move(options);
    remaining_ = std::move(remaining);
}

gateway::Result<void> GetRequest::check() const {
    return query::check(path_, remaining_, naming_);
}

GetRequest GetRequest::unlimited() const {
    GetRequest request = *this;
    request.options_ = without_options(options_);
    request.limit_ = 0;
    return request;
}

bool GetRequest::cut_too_short(const Frame& answer) const {
    if (limit_ == 0) {
        return false;
    }
    std::size_t given = 0;
    const auto items = items_of(answer, path_);
    static_cast<void>(items.each([&given](const ItemView&) {
        ++given;
        return true;
    }));
    if (given < limit_) {
        return false;
    }
    const auto fitting = query::count(items, criteria_alone(remaining_), naming_);
    return !fitting.has_error() && *fitting < given;
}

Outcome GetRequest::outcome(const Frame& answer) const {
    const auto found = query::select(items_of(answer, path_), remaining_, naming_);
    return found.has_error() ? Outcome{found.error()} : get_outcome(path_, *found, with_meta_);
}

Outcome get_outcome(std::string_view path, const std::vector<query::Selected>& found, bool with_meta) {
    Outcome outcome{payload_of(path, found, with_meta)};
    outcome.version = version_of(found);
    return outcome;
}

}  // namespace happn
