#include "adapters/happn/node/request_options.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/happn/json_scan.hpp"

namespace happn::node {

namespace {

constexpr std::int64_t most_depth = 4096;  // more levels than any path has

std::int64_t integer_of(std::string_view raw, std::int64_t otherwise) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    return error == std::errc{} && end == raw.data() + raw.size() ? number : otherwise;
}

void read_flag(RequestOptions& options, std::string_view key, std::string_view value) {
    static constexpr std::pair<std::string_view, bool RequestOptions::*> flags[] = {
        {"\"noStore\"", &RequestOptions::no_store},
        {"\"noPublish\"", &RequestOptions::no_publish},
        {"\"merge\"", &RequestOptions::merge},
        {"\"noDataResponse\"", &RequestOptions::no_data_response},
        {"\"noCluster\"", &RequestOptions::no_cluster},
        {"\"publishResults\"", &RequestOptions::publish_results},
        {"\"nullValue\"", &RequestOptions::null_value},
        {"\"initialCallback\"", &RequestOptions::initial_callback},
        {"\"initialEmit\"", &RequestOptions::initial_emit},
    };
    for (const auto& [name, flag] : flags) {
        if (key == name) {
            options.*flag = value == "true";
        }
    }
}

void read_value(RequestOptions& options, std::string_view key, std::string_view value) {
    if (key == "\"consistency\"") {
        const auto level = integer_of(value, consistency_transactional);
        const bool known = level >= consistency_queued && level <= consistency_acknowledged;
        options.consistency = known ? static_cast<int>(level) : consistency_transactional;
    } else if (key == "\"upsertType\"") {
        options.bulk = value == "3";
    } else if (key == "\"listenerId\"") {
        options.listener = integer_of(value, -1);
    } else if (key == "\"depth\"") {
        const auto depth = integer_of(value, 0);
        options.depth = depth > 0 ? static_cast<int>(std::min(depth, most_depth)) : 0;
    } else if (key == "\"targetClients\"" && value.starts_with('[')) {
        options.targets = value;
    } else if (key == "\"meta\"" && value.starts_with('{')) {
        options.meta = value;
    } else if (key == "\"referenceId\"") {
        options.reference = value;
    } else if (key == "\"set_type\"") {
        options.sibling = value == "\"sibling\"";
    } else if (key == "\"increment\"" && value != "null") {
        options.increment = value;
    } else if (key == "\"tag\"" && value != "null" && value != "\"\"") {
        options.tag = value;
    }
}

}  // namespace

RequestOptions RequestOptions::parse(std::string_view raw) {
    RequestOptions options;
    if (raw.starts_with('{')) {
        scan::members(raw, [&](std::string_view key, std::string_view value) {
            read_flag(options, key, value);
            read_value(options, key, value);
        });
    }
    return options;
}

}  // namespace happn::node
