#include "adapters/happn/node/store/merge.hpp"

#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/happn/json_scan.hpp"

namespace happn::node {

std::string merged(std::string_view base, std::string_view changes, Nulls nulls) {
    std::vector<std::pair<std::string_view, std::string_view>> members;
    std::unordered_map<std::string_view, std::size_t> places;
    const auto put = [&](std::string_view key, std::string_view value) {
        const auto [place, added] = places.emplace(key, members.size());
        if (added) {
            members.emplace_back(key, value);
        } else if (value != "null" || nulls == Nulls::replace) {
            members[place->second].second = value;
        }
    };
    scan::members(base, put);
    scan::members(changes, put);
    std::string out{"{"};
    for (const auto& [key, value] : members) {
        out.append(out.size() > 1 ? "," : "").append(key).append(1, ':').append(value);
    }
    return out += '}';
}

}  // namespace happn::node
