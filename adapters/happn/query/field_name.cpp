#include "adapters/happn/query/field_name.hpp"

#include <charconv>
#include <optional>

namespace happn::query {

namespace {

using Json = nlohmann::json;
using Values = std::vector<Json>;

std::optional<std::size_t> index_of(std::string_view segment) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
    return error == std::errc{} && end == segment.data() + segment.size() ? std::optional{index}
                                                                          : std::nullopt;
}

void collect(const Json& at, std::string_view name, Values& found) {
    if (name.empty()) {
        found.push_back(at);
        return;
    }
    const auto dot = name.find('.');
    const auto segment = name.substr(0, dot);
    const auto rest = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
    if (at.is_object()) {
        if (const auto member = at.find(std::string{segment}); member != at.end()) {
            collect(*member, rest, found);
        }
    } else if (at.is_array()) {
        if (const auto index = index_of(segment)) {
            if (*index < at.size()) {
                collect(at[*index], rest, found);
            }
            return;
        }
        for (const Json& element : at) {
            if (element.is_object()) {
                collect(element, name, found);
            }
        }
    }
}

int kind_rank(const Json& value) {
    return value.is_null()      ? 1
           : value.is_number()  ? 2
           : value.is_string()  ? 3
           : value.is_boolean() ? 4
           : value.is_array()   ? 5
                                : 6;
}

int order(int a, int b) {
    return a < b ? -1 : static_cast<int>(a > b);
}

}  // namespace

FieldName::FieldName(std::string_view name, Naming naming) : member_{name} {
    if (naming == Naming::element) {
        return;
    }
    const bool own_name = name == "path" || (naming == Naming::old && name == "_id") ||
                          (naming == Naming::current && (name == "created" || name == "modified"));
    if (own_name || name == "_meta.path" || name == "_meta.created" || name == "_meta.modified") {
        const auto own = name.starts_with("_meta.") ? name.substr(6) : name;
        meta_ = own == "created" ? "created" : own == "modified" ? "modified" : "path";
        return;
    }
    for (const std::string_view prefix : {"data.", "_data."}) {
        if (name.starts_with(prefix)) {
            member_ = name.substr(prefix.size());
            return;
        }
    }
}

std::vector<Json> FieldName::values(const Subject& subject) const {
    if (meta_ == "path") {
        return {Json(std::string{subject.path})};
    }
    if (!meta_.empty()) {
        return {Json(meta_ == "created" ? subject.times.created : subject.times.modified)};
    }
    Values found;
    collect(subject.data, member_, found);
    return found;
}

int compare_values(const std::vector<Json>& a, const std::vector<Json>& b) {
    if (a.empty() || b.empty()) {
        return order(static_cast<int>(!a.empty()), static_cast<int>(!b.empty()));
    }
    const Json& left = a.front();
    const Json& right = b.front();
    if (const int kinds = order(kind_rank(left), kind_rank(right)); kinds != 0) {
        return kinds;
    }
    return left == right ? 0 : left < right ? -1 : 1;
}

}  // namespace happn::query
