#include "mappings/routes_listing.hpp"

#include <vector>

#include "gateway/routes_json.hpp"
#include "gateway/text_table.hpp"

namespace mappings {
namespace {

using Row = std::vector<std::string>;  // name, from, to, place

std::vector<Row> rows_of(const gateway::RoutingTable& table) {
    std::vector<Row> rows{{"ROUTE", "FROM", "TO", "PLACE"}};
    for (const auto& route : table.routes()) {
        Row row{route.name, gateway::source_text(route.source), "", route.place};
        for (const auto& target : route.targets) {
            row[2] = gateway::target_text(target.rule);
            rows.push_back(row);
            row = Row(row.size());
        }
        if (route.targets.empty()) rows.push_back(row);
    }
    return rows;
}

}  // namespace

std::string routes_text(const gateway::RoutingTable& table) {
    return gateway::text_table(rows_of(table));
}

}  // namespace mappings
