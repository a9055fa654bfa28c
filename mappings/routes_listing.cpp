#include "mappings/routes_listing.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/routes_json.hpp"

namespace mappings {
namespace {

using Row = std::array<std::string, 4>;  // name, from, to, place

std::vector<Row> rows_of(const gateway::RoutingTable& table) {
    std::vector<Row> rows{{"ROUTE", "FROM", "TO", "PLACE"}};
    for (const auto& route : table.routes()) {
        Row row{route.name, gateway::source_text(route.source), "", route.place};
        for (const auto& target : route.targets) {
            row[2] = gateway::target_text(target.rule);
            rows.push_back(row);
            row = Row{};
        }
        if (route.targets.empty()) rows.push_back(row);
    }
    return rows;
}

}  // namespace

std::string routes_text(const gateway::RoutingTable& table) {
    const auto rows = rows_of(table);
    std::array<std::size_t, 4> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            line.append(widths[i] + 2 - row[i].size(), ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace mappings
