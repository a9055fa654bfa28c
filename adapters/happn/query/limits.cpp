#include "adapters/happn/query/limits.hpp"

#include <cstddef>
#include <string>

#include "adapters/happn/query/conditions.hpp"
#include "gateway/json.hpp"
#include "gateway/json_names.hpp"

namespace happn::query {
namespace {

namespace json = gateway::json;

bool is_over(std::string_view part) {
    std::size_t names = 0;
    return !json::each_name(part, [&names](std::string_view) { return ++names <= max_conditions; });
}

std::optional<gateway::Error> over_limits_at(std::string_view object) {
    struct Part {
        const char *name, *has, *counted;
    };
    constexpr Part parts[] = {{"criteria", "criteria have", "conditions"},
                              {"fields", "fields have", "names"},
                              {"sort", "sort has", "names"}};
    for (const auto& [name, has, counted] : parts) {
        const auto part = json::member(object, name);
        if (part && is_over(*part))
            return wrong_criteria(std::string{has} + " more than " + std::to_string(max_conditions) + ' ' +
                                  counted);
    }
    return std::nullopt;
}

}  // namespace

std::optional<gateway::Error> over_limits(std::string_view options) {
    if (auto over = over_limits_at(options)) return over;
    return over_limits_at(json::member(options, "options").value_or(std::string_view{}));
}

}  // namespace happn::query
