#include "adapters/happn/node/query.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

namespace happn::node {

namespace {

using Json = nlohmann::json;

constexpr int max_nesting = 16;  // of $and and $or

struct Query {
    Json criteria;
    Json fields;
    Json sort;
    std::size_t limit = SIZE_MAX;
    std::size_t skip = 0;
    bool path_only = false;

    bool reads_data() const { return !criteria.empty() || !fields.empty() || !sort.empty(); }
};

/// What criteria, sort and fields look at.
struct Subject {
    std::string_view path;
    Times times;
    const Json& data;
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

std::size_t count_of(const Json& value, std::size_t otherwise) {
    return value.is_number_integer() && value.get<std::int64_t>() >= 0
               ? static_cast<std::size_t>(value.get<std::int64_t>())
               : otherwise;
}

void read_paging(Query& query, const Json& options) {
    if (const Json& sort = member(options, "sort"); sort.is_object()) {
        query.sort = sort;
    }
    query.limit = count_of(member(options, "limit"), query.limit);
    query.skip = count_of(member(options, "skip"), query.skip);
    query.path_only = query.path_only || member(options, "path_only") == Json(true);
}

Query parse(std::string_view text) {
    const Json options = Json::parse(text, nullptr, false);
    Query query;
    if (const Json& criteria = member(options, "criteria"); criteria.is_object()) {
        query.criteria = criteria;
    }
    if (const Json& fields = member(options, "fields"); fields.is_object()) {
        query.fields = fields;
    }
    read_paging(query, options);
    read_paging(query, member(options, "options"));
    return query;
}

/// The value of `name` in an item: `a.b`, `data.a.b`, `_meta.created`, `path`. Null pointer: there is none.
std::optional<Json> value_of(const Subject& subject, std::string_view name) {
    if (name == "_meta.path" || name == "path") {
        return Json(std::string{subject.path});
    }
    if (name == "_meta.created" || name == "created") {
        return Json(subject.times.created);
    }
    if (name == "_meta.modified" || name == "modified") {
        return Json(subject.times.modified);
    }
    if (name.starts_with("data.")) {
        name.remove_prefix(5);
    }
    const Json* at = &subject.data;
    for (;;) {
        const auto dot = name.find('.');
        if (!at->is_object()) {
            return std::nullopt;
        }
        const auto found = at->find(std::string{name.substr(0, dot)});
        if (found == at->end()) {
            return std::nullopt;
        }
        at = &*found;
        if (dot == std::string_view::npos) {
            return *at;
        }
        name.remove_prefix(dot + 1);
    }
}

bool comparable(const Json& a, const Json& b) {
    return (a.is_number() && b.is_number()) || (a.is_string() && b.is_string());
}

bool one_of(const std::optional<Json>& value, const Json& list) {
    return value && list.is_array() && std::find(list.begin(), list.end(), *value) != list.end();
}

bool holds(const std::optional<Json>& value, const std::string& op, const Json& operand) {
    if (op == "$eq") {
        return value && *value == operand;
    }
    if (op == "$ne") {
        return !value || *value != operand;
    }
    if (op == "$in") {
        return one_of(value, operand);
    }
    if (op == "$nin") {
        return operand.is_array() && !one_of(value, operand);
    }
    if (op == "$exists") {
        return value.has_value() == (operand == Json(true));
    }
    if (!value || !comparable(*value, operand)) {
        return false;
    }
    return (op == "$gt" && *value > operand) || (op == "$gte" && *value >= operand) ||
           (op == "$lt" && *value < operand) || (op == "$lte" && *value <= operand);
}

bool is_operators(const Json& condition) {
    return condition.is_object() && !condition.empty() && condition.begin().key().starts_with('$');
}

bool matches(const Subject& subject, const Json& criteria, int nesting);

bool any_or_all(const Subject& subject, const Json& list, bool all, int nesting) {
    const auto fits = [&](const Json& part) { return matches(subject, part, nesting + 1); };
    return list.is_array() &&
           (all ? std::all_of(list.begin(), list.end(), fits) : std::any_of(list.begin(), list.end(), fits));
}

bool matches_one(const Subject& subject, const std::string& key, const Json& condition, int nesting) {
    if (key == "$and" || key == "$or") {
        return any_or_all(subject, condition, key == "$and", nesting);
    }
    if (key.starts_with('$')) {
        return false;
    }
    const auto value = value_of(subject, key);
    if (!is_operators(condition)) {
        return value && *value == condition;
    }
    for (const auto& [op, operand] : condition.items()) {
        if (!holds(value, op, operand)) {
            return false;
        }
    }
    return true;
}

bool matches(const Subject& subject, const Json& criteria, int nesting) {
    if (!criteria.is_object() || nesting > max_nesting) {
        return false;
    }
    for (const auto& [key, condition] : criteria.items()) {
        if (!matches_one(subject, key, condition, nesting)) {
            return false;
        }
    }
    return true;
}

/// -1, 0, 1; absent values come first, values of different kinds stay as they are.
int compare(const std::optional<Json>& a, const std::optional<Json>& b) {
    if (!a || !b) {
        return static_cast<int>(a.has_value()) - static_cast<int>(b.has_value());
    }
    if (!comparable(*a, *b)) {
        return 0;
    }
    return *a < *b ? -1 : static_cast<int>(*a != *b);
}

void sort_rows(std::vector<Row>& rows, const Json& sort) {
    // The last key first: a stable sort keeps earlier orders among equals.
    std::vector<std::pair<std::string, bool>> keys;
    for (const auto& [key, direction] : sort.items()) {
        keys.emplace_back(key, direction.is_number() && direction.get<double>() < 0);
    }
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
        std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
            const int order = compare(value_of(a.subject(), key->first), value_of(b.subject(), key->first));
            return key->second ? order > 0 : order < 0;
        });
    }
}

std::string dumped(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void pick_fields(Row& row, const Json& fields) {
    Json data = Json::object();
    Json meta = Json::object();
    for (const auto& [name, wanted] : fields.items()) {
        const bool included = wanted == Json(true) || (wanted.is_number() && wanted.get<double>() > 0);
        auto value = value_of(row.subject(), name);
        if (!included || !value) {
            continue;
        }
        if (name.starts_with("_meta.")) {
            meta[name.substr(6)] = *std::move(value);
        } else {
            data[name.starts_with("data.") ? name.substr(5) : name] = *std::move(value);
        }
    }
    row.selected.data = dumped(data);
    row.selected.meta = dumped(meta);
}

void shape(Row& row, const Query& query) {
    if (query.path_only) {
        row.selected.data = "{}";
        row.selected.meta = dumped(Json{{"path", row.selected.path}});
    } else if (!query.fields.empty()) {
        pick_fields(row, query.fields);
    }
}

Selected selected_from(const ItemView& item) {
    return {std::string{item.path}, std::string{item.data}, item.times, std::string{item.tag}, {}};
}

/// The rows that the criteria let pass, at most `most` of them.
gateway::Result<std::vector<Row>> rows_of(Store& store,
                                          std::string_view pattern,
                                          const Query& query,
                                          std::size_t most) {
    std::vector<Row> rows;
    const auto found = store.find(pattern, [&](const ItemView& item) {
        Json data = query.reads_data() ? Json::parse(item.data, nullptr, false) : Json{};
        if (query.criteria.empty() || matches({item.path, item.times, data}, query.criteria, 0)) {
            rows.push_back({selected_from(item), std::move(data)});
        }
        return rows.size() < most;
    });
    if (found.has_error()) {
        return found.error();
    }
    return rows;
}

gateway::Result<std::vector<Selected>> select_all(Store& store, std::string_view pattern) {
    std::vector<Selected> selected;
    const auto found = store.find(pattern, [&](const ItemView& item) {
        selected.push_back(selected_from(item));
        return true;
    });
    if (found.has_error()) {
        return found.error();
    }
    return selected;
}

}  // namespace

gateway::Result<std::vector<Selected>> select(Store& store,
                                              std::string_view pattern,
                                              std::string_view options) {
    if (options.empty() || options == "{}") {
        return select_all(store, pattern);
    }
    const Query query = parse(options);
    const bool all = !query.sort.empty() || query.limit > SIZE_MAX - query.skip;
    auto rows = rows_of(store, pattern, query, all ? SIZE_MAX : query.skip + query.limit);
    if (rows.has_error()) {
        return rows.error();
    }
    if (!query.sort.empty()) {
        sort_rows(*rows, query.sort);
    }
    std::vector<Selected> selected;
    for (std::size_t i = query.skip; i < rows->size() && selected.size() < query.limit; ++i) {
        Row& row = (*rows)[i];
        shape(row, query);
        selected.push_back(std::move(row.selected));
    }
    return selected;
}

}  // namespace happn::node
