#include "adapters/happn/query/query.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "adapters/happn/query/limits.hpp"
#include "gateway/json.hpp"

namespace happn::query {

namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Result;
using Json = nlohmann::json;
namespace json = gateway::json;

struct SortKey {
    FieldName name;
    bool descending = false;
};

struct Query {
    Criteria criteria;
    std::optional<Json> fields;
    std::vector<SortKey> sort;
    std::size_t limit = SIZE_MAX;
    std::size_t skip = 0;
    bool path_only = false;
    Naming naming = Naming::current;

    bool reads_data() const { return !criteria.everything() || fields || !sort.empty(); }
};

struct Row {
    Selected selected;
    Json data;  // null unless the query reads it

    Subject subject() const { return {selected.path, selected.times, data}; }
};

const Json& member(const Json& object, const char* key) {
    static const Json absent;
    if (!object.is_object()) {
        return absent;
    }
    const auto found = object.find(key);
    return found == object.end() ? absent : *found;
}

/// A count as a client may write it: 2, 2.5, "2", true. Anything else: none.
std::optional<std::size_t> count_of(const Json& value) {
    double number = 0;
    if (value.is_number()) {
        number = value.get<double>();
    } else if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{}) {
            return std::nullopt;
        }
    } else if (value == Json(true)) {
        number = 1;
    }
    constexpr double largest = 1e15;
    return number >= 1 && number < largest ? std::optional{static_cast<std::size_t>(number)} : std::nullopt;
}

bool descends(const Json& direction) {
    return direction.is_number() && direction.get<double>() < 0;
}

/// The names in the order in which they are written: the first decides first.
void read_sort(Query& query, std::string_view sort) {
    json::for_each_member(sort, [&query](std::string_view name, std::string_view direction) {
        const auto text = json::unquoted(name).value_or(std::string{});
        query.sort.push_back({FieldName{text, query.naming}, descends(Json::parse(direction))});
    });
}

std::string_view object_in(std::string_view object, std::string_view name) {
    const auto found = json::member(object, name);
    return found && found->starts_with('{') ? *found : std::string_view{};
}

/// Valid JSON whose numbers may still be beyond a double's reach: such data has no members to look at.
Json parse_stored(std::string_view data) {
    Json parsed = Json::parse(data, nullptr, false);
    return parsed.is_object() ? parsed : Json::object();
}

Error not_available(std::string_view feature, std::string_view pattern) {
    return {Errc::bad_request,
            std::string{feature} + " feature not available for provider on path: " + std::string{pattern}};
}

Result<Query> parse(std::string_view pattern, std::string_view text, Naming naming) {
    if (const auto over = over_limits(text)) {
        return *over;
    }
    const Json options = Json::parse(text, nullptr, false);
    if (options.is_discarded()) {  // valid JSON, but with a number beyond a double's reach
        return Error{Errc::bad_request, "options with a number that is out of range"};
    }
    const Json& inner = member(options, "options");
    Query query;
    query.naming = naming;
    for (const char* feature : {"aggregate", "collation"}) {
        const bool asked = !member(options, feature).is_null() || !member(inner, feature).is_null();
        if (asked && naming == Naming::current) {  // before happn-3 4 nobody looks at them
            return not_available(feature, pattern);
        }
    }
    if (const Json& criteria = member(options, "criteria"); criteria.is_object()) {
        auto compiled = Criteria::compile(criteria, naming);
        if (compiled.has_error()) {
            return compiled.error();
        }
        query.criteria = *std::move(compiled);
    } else if (naming == Naming::old && !criteria.is_null()) {
        query.criteria = Criteria::nothing();
    }
    const Json& fields =
        member(inner, "fields").is_object() ? member(inner, "fields") : member(options, "fields");
    if (fields.is_object()) {
        query.fields = fields;
    }
    const auto sort = object_in(text, "sort");
    read_sort(query, sort.empty() ? object_in(object_in(text, "options"), "sort") : sort);
    query.limit = count_of(member(inner, "limit")).value_or(SIZE_MAX);
    query.skip = count_of(member(inner, "skip")).value_or(0);
    query.path_only = member(options, "path_only") == Json(true) || member(inner, "path_only") == Json(true);
    return query;
}

void sort_rows(std::vector<Row>& rows, const std::vector<SortKey>& keys) {
    using Values = std::vector<std::vector<Json>>;  // one for each key
    std::vector<std::pair<Values, Row>> keyed;
    keyed.reserve(rows.size());
    for (Row& row : rows) {
        Values values;
        for (const SortKey& key : keys) {
            values.push_back(key.name.values(row.subject()));
        }
        keyed.emplace_back(std::move(values), std::move(row));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (const int order = compare_values(a.first[i], b.first[i]); order != 0) {
                return keys[i].descending ? order > 0 : order < 0;
            }
        }
        return false;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = std::move(keyed[i].second);
    }
}

std::string dumped(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// --- fields -----------------------------------------------------------------------------------------------

bool includes(const Json& wanted) {
    return wanted == Json(true) || (wanted.is_number() && wanted.get<double>() != 0) || wanted.is_string();
}

/// What `name` (dotted) leaves of `from`, put into `into`; of arrays on the way, what it leaves of each
/// element.
void pick(const Json& from, std::string_view name, Json& into) {
    const auto dot = name.find('.');
    const std::string segment{name.substr(0, dot)};
    const auto found = from.find(segment);
    if (found == from.end()) {
        return;
    }
    if (dot == std::string_view::npos) {
        into[segment] = *found;
        return;
    }
    const auto rest = name.substr(dot + 1);
    if (found->is_object()) {
        Json below = Json::object();
        if (const auto so_far = into.find(segment); so_far != into.end()) {
            below = std::move(*so_far);
        }
        pick(*found, rest, below);
        if (!below.empty()) {
            into[segment] = std::move(below);
        }
    } else if (found->is_array()) {
        Json& list = into[segment];
        if (!list.is_array()) {
            list = Json(found->size(), Json::object());
        }
        for (std::size_t i = 0; i < found->size(); ++i) {
            if ((*found)[i].is_object()) {
                pick((*found)[i], rest, list[i]);
            }
        }
    }
}

void drop(Json& from, std::string_view name) {
    const auto dot = name.find('.');
    const std::string segment{name.substr(0, dot)};
    if (dot == std::string_view::npos) {
        from.erase(segment);
    } else if (from.contains(segment) && from[segment].is_object()) {
        drop(from[segment], name.substr(dot + 1));
    }
}

Json meta_value(const Row& row, std::string_view name) {
    return name == "path"
               ? Json(row.selected.path)
               : Json(name == "created" ? row.selected.times.created : row.selected.times.modified);
}

void pick_fields(Row& row, const Json& fields, Naming naming) {
    Json data = Json::object();
    Json meta = Json::object();
    const auto& members = fields.items();
    const bool only_excludes =
        !fields.empty() && std::none_of(members.begin(), members.end(), [](const auto& field) {
            return includes(field.value());
        });
    if (only_excludes) {
        data = std::move(row.data);
    }
    for (const auto& [name, wanted] : members) {
        const FieldName field{name, naming};
        if (only_excludes) {
            drop(data, field.member());
        } else if (includes(wanted) && !field.meta().empty()) {
            meta[std::string{field.meta()}] = meta_value(row, field.meta());
        } else if (includes(wanted) && row.data.is_object()) {
            pick(row.data, field.member(), data);
        }
    }
    row.selected.data = dumped(data);
    if (!only_excludes) {
        row.selected.meta = dumped(meta);
    }
}

void shape(Row& row, const Query& query) {
    if (query.path_only) {
        row.selected.data = "{}";
        row.selected.meta = dumped(Json{{"path", row.selected.path}});
    } else if (query.fields) {
        pick_fields(row, *query.fields, query.naming);
    }
}

// --- selection --------------------------------------------------------------------------------------------

Selected selected_from(const ItemView& item) {
    return {std::string{item.path},
            std::string{item.data},
            item.times,
            std::string{item.tag},
            item.meta.empty() ? std::nullopt : std::optional{std::string{item.meta}}};
}

/// What one answer may hold.
class Budget {
public:
    explicit Budget(std::size_t bytes) : left_{bytes} {}
    void take(const ItemView& item) {
        const auto size = item.path.size() + item.data.size();
        spent_ = spent_ || size > left_;
        left_ -= spent_ ? 0 : size;
    }
    bool spent() const { return spent_; }

private:
    std::size_t left_;
    bool spent_ = false;
};

Error too_much() {
    return {Errc::overloaded, "the answer is too large: ask for less, with limit and skip"};
}

/// The rows that the criteria let pass, at most `most` of them.
Result<std::vector<Row>> rows_of(const Items& items, const Query& query, std::size_t most, Budget budget) {
    std::vector<Row> rows;
    const auto found = items.each([&](const ItemView& item) {
        Json data = query.reads_data() ? parse_stored(item.data) : Json{};
        if (query.criteria.match({item.path, item.times, data})) {
            budget.take(item);
            rows.push_back({selected_from(item), std::move(data)});
        }
        return rows.size() < most && !budget.spent();
    });
    if (found.has_error()) {
        return found.error();
    }
    return budget.spent() ? Result<std::vector<Row>>{too_much()} : rows;
}

Result<std::vector<Selected>> select_all(const Items& items, Budget budget) {
    std::vector<Selected> selected;
    const auto found = items.each([&](const ItemView& item) {
        budget.take(item);
        selected.push_back(selected_from(item));
        return !budget.spent();
    });
    if (found.has_error()) {
        return found.error();
    }
    return budget.spent() ? Result<std::vector<Selected>>{too_much()} : selected;
}

}  // namespace

Result<std::vector<Selected>> select(const Items& items,
                                     std::string_view options,
                                     Naming naming,
                                     std::size_t max_bytes) {
    const Budget budget{max_bytes};
    if (options.empty() || options == "{}") {
        return select_all(items, budget);
    }
    const auto query = parse(items.path, options, naming);
    if (query.has_error()) {
        return query.error();
    }
    const bool all = !query->sort.empty() || query->limit > SIZE_MAX - query->skip;
    auto rows = rows_of(items, *query, all ? SIZE_MAX : query->skip + query->limit, budget);
    if (rows.has_error()) {
        return rows.error();
    }
    if (!query->sort.empty()) {
        if (items.sorted_by_age && naming == Naming::current) {
            std::ranges::stable_sort(*rows, {}, [](const Row& row) { return row.selected.times.created; });
        }
        sort_rows(*rows, query->sort);
    }
    std::vector<Selected> selected;
    for (std::size_t i = query->skip; i < rows->size() && selected.size() < query->limit; ++i) {
        Row& row = (*rows)[i];
        shape(row, *query);
        selected.push_back(std::move(row.selected));
    }
    return selected;
}

Result<void> check(std::string_view path, std::string_view options, Naming naming) {
    if (options.empty()) {
        return {};
    }
    const auto query = parse(path, options, naming);
    return query.has_error() ? Result<void>{query.error()} : Result<void>{};
}

Result<std::size_t> count(const Items& items, std::string_view options, Naming naming) {
    const auto query = parse(items.path, options.empty() ? "{}" : options, naming);
    if (query.has_error()) {
        return query.error();
    }
    std::size_t matching = 0;
    const auto found = items.each([&](const ItemView& item) {
        const Json data = query->criteria.everything() ? Json{} : parse_stored(item.data);
        matching += query->criteria.match({item.path, item.times, data}) ? 1u : 0u;
        return true;
    });
    if (found.has_error()) {
        return found.error();
    }
    return std::min(matching - std::min(matching, query->skip), query->limit);
}

}  // namespace happn::query
