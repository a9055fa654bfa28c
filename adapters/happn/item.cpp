#include "adapters/happn/item.hpp"

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"

namespace happn {

std::string stored_form(std::string_view data) {
    if (data.empty()) {
        return "{}";
    }
    std::string out;
    ObjectWriter writer{out};
    if (data.front() != '{') {
        writer.raw("value", data).end();
        return out;
    }
    bool has_meta = false;
    scan::members(data,
                  [&](std::string_view key, std::string_view) { has_meta = has_meta || key == "\"_meta\""; });
    if (!has_meta) {
        return std::string{data};
    }
    std::string kept;
    scan::members(data, [&](std::string_view key, std::string_view value) {
        if (key != "\"_meta\"") {
            kept.append(kept.empty() ? "" : ",").append(key).append(1, ':').append(value);
        }
    });
    return "{" + kept + "}";
}

}  // namespace happn
