#include "adapters/happn/stored_items.hpp"

#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/text_member.hpp"
#include "gateway/json.hpp"

namespace happn {

std::vector<StoredItem> stored_items(const Frame& answer, const std::string& path) {
    std::vector<StoredItem> items;
    if (answer.kind != Frame::Kind::list) {
        if (!answer.data.empty() && answer.data != "null") {
            items.push_back({path, std::string{answer.data}, std::string{answer.meta.raw}});
        }
        return items;
    }
    std::string list{"["};
    list.append(answer.items).append("]");
    scan::elements(list, [&items](std::string_view element) {
        const auto meta = gateway::json::member(element, "_meta").value_or("");
        items.push_back({text_member(meta, "path"), std::string{element}, std::string{meta}});
    });
    return items;
}

}  // namespace happn
