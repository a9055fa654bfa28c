// The names that criteria, sort and fields have for parts of an item, and the values under them. Values,
// pure.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/item.hpp"

namespace happn::query {

/// What criteria, sort and fields look at.
struct Subject {
    std::string_view path;
    Times times;
    const nlohmann::json& data;
};

/// Whose names are spoken: `created`, `modified` and `path` are the item's own for clients of happn-3 13, and
/// members of its data for older ones (but `path` and `_id`, which is the path). Of the elements of an array
/// all are members.
enum class Naming : std::uint8_t { old, current, element };

/// A name as criteria, sort and fields have it (`u`, `o.x`, `rows.0.k`, `data.u`, `_meta.created`, `path`),
/// resolved.
class FieldName {
public:
    FieldName(std::string_view name, Naming naming);

    /// All values under the name: none, one, or several where an array of objects is on the way.
    std::vector<nlohmann::json> values(const Subject& subject) const;

    /// "created", "modified" or "path" if it is the item's own; else empty.
    std::string_view meta() const { return meta_; }
    /// Below the data, in dots.
    std::string_view member() const { return member_; }

private:
    std::string_view meta_;
    std::string member_;
};

/// 0 for equal values; by kind first: nothing, null, number, text, true and false, array, object.
int compare_values(const std::vector<nlohmann::json>& a, const std::vector<nlohmann::json>& b);

}  // namespace happn::query
