// Answers to a client's requests, in its dialect. Each function writes one whole frame. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/item.hpp"
#include "adapters/happn/node/session.hpp"
#include "adapters/happn/query/query.hpp"

namespace happn::node {

/// What `_meta` says beyond the echo of the request. Raw JSON unless said otherwise; empty: left out.
struct ResponseMeta {
    std::string_view path;
    const Times* times = nullptr;  // created and modified
    std::optional<gateway::WallTime> timestamp;
    bool published = false;
    std::string_view publish_results;
    std::string_view reference;  // text
    std::string_view tag;
    std::string_view selected;  // an object: what `fields` left of the item's own; path stands above
};

/// `data` empty: there is no such key.
std::string ok_response(const Session& session,
                        const Frame& request,
                        std::string_view data,
                        const ResponseMeta& meta = {},
                        std::string_view initial_values = {});

/// The short form that clients of happn_4 ask for with noDataResponse.
std::string bare_response(const Frame& request, bool published);

std::string list_response(const Frame& request, std::string_view items);

struct Refusal {
    std::string name = "Error";
    std::string message;
    int code = 0;        // 0: none
    std::string reason;  // of a SystemError: the service of happn that failed
};
std::string error_response(const Session& session, const Frame& request, const Refusal& refusal);

/// The members every answer's _meta ends with: type, status, published, eventId, sessionId, action.
void echo_request(ObjectWriter& meta, const Frame& request, std::string_view status, bool published);

/// path, created, modified: `_meta` of one stored item, as an object. Old clients get path
/// and `_id` whatever `fields` left.
std::string item_meta(const query::Selected& selected, bool old);

/// One element of a list answer: the data with its `_meta` inside.
std::string list_item(const query::Selected& selected, bool old);

}  // namespace happn::node
