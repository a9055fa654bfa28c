#include "adapters/happn/query/pushdown.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace happn::query {
namespace {

using Json = nlohmann::ordered_json;

// --- what the stores read as MongoDB does -----------------------------------------------------------------

bool is_index(std::string_view segment) {
    return std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
}

/// Of a member of the data. What stands for the item itself, or for a place in an array, each store resolves
/// in its own way.
bool is_plain(std::string_view name) {
    constexpr std::array reserved{
        "data", "_data", "_meta", "_id", "path", "created", "modified", "timestamp"};
    if (name.starts_with('$') || std::ranges::count(reserved, name.substr(0, name.find('.'))) > 0) {
        return false;
    }
    for (auto rest = name;;) {
        const auto dot = rest.find('.');
        if (is_index(rest.substr(0, dot))) {  // an empty one too
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        rest.remove_prefix(dot + 1);
    }
}

bool is_scalar(const Json& value) {
    return value.is_number() || value.is_string() || value.is_boolean();
}

bool is_falsy(const Json& value) {
    return value == Json(0) || value == Json("") || value == Json(false);
}

bool compares(std::string_view word) {
    constexpr std::array words{"$gt", "$gte", "$lt", "$lte"};
    return std::ranges::count(words, word) > 0;
}

/// Its order among other texts is the same by UTF-8 (MongoDB, and here) and by UTF-16 (JavaScript).
bool is_ascii(const Json& text) {
    constexpr unsigned char last = 0x7f;
    return std::ranges::all_of(text.get_ref<const std::string&>(),
                               [](char c) { return static_cast<unsigned char>(c) <= last; });
}

struct Condition {
    std::string word;
    Json operand;
};

/// What nedb is asked for `word`; nullopt: it might leave out what fits.
std::optional<Condition> for_nedb(const std::string& word, const Json& operand) {
    if (compares(word) && (operand.is_number() || (operand.is_string() && is_ascii(operand)))) {
        return Condition{word, operand};
    }
    const bool is_list = word == "$in" && operand.is_array() && std::ranges::all_of(operand, is_scalar);
    return is_list ? std::optional{Condition{word, operand}} : std::nullopt;
}

/// loki takes texts that look like numbers for numbers, unless it is asked in JavaScript's order: $jgt.
std::optional<Condition> for_loki(const std::string& word, const Json& operand) {
    if (compares(word) && operand.is_string() && is_ascii(operand)) {
        return Condition{"$j" + word.substr(1), operand};
    }
    const bool is_same = (compares(word) && operand.is_number()) || (word == "$ne" && is_scalar(operand)) ||
                         (word == "$in" && operand.is_array() && std::ranges::all_of(operand, is_scalar));
    return is_same ? std::optional{Condition{word, operand}} : std::nullopt;
}

// --- criteria ---------------------------------------------------------------------------------------------

class Narrowing {
public:
    explicit Narrowing(Store store) : loki_{store == Store::loki} {}

    void add(const std::string& name, const Json& condition) {
        if (!is_plain(name) || (loki_ && name.find('.') != std::string::npos)) {  // loki fails at null.x
            whole_ = false;
        } else if (is_scalar(condition)) {
            equal(name, condition);
        } else if (condition.is_object() && !condition.empty()) {
            by_operators(name, condition);
        } else {
            whole_ = false;
        }
    }

    /// Every condition is in the criteria.
    bool whole() const { return whole_; }
    Json criteria() const { return loki_ && parts_.size() > 1 ? Json{{"$and", parts_}} : joined(); }

private:
    void equal(const std::string& name, const Json& value) {
        if (loki_) {
            return push(name, value);
        }
        if (is_falsy(value)) {  // the condition is lost there
            whole_ = false;
            return;
        }
        push(name, value);
    }

    /// nedb wants one element of an array that fits all operators, so that it is asked for one.
    void by_operators(const std::string& name, const Json& condition) {
        bool asked = false;
        for (const auto& [word, operand] : condition.items()) {
            if (asked && !loki_) {
                whole_ = false;
                return;
            }
            asked = by_operator(name, word, operand) || asked;
        }
    }

    bool by_operator(const std::string& name, const std::string& word, const Json& operand) {
        if (word == "$eq" && is_scalar(operand)) {
            equal(name, operand);
            return true;
        }
        const auto condition = loki_ ? for_loki(word, operand) : for_nedb(word, operand);
        if (condition) {
            push(name, {{condition->word, condition->operand}});
        } else {
            whole_ = false;
        }
        return condition.has_value();
    }

    /// loki does not look into arrays: those are all asked for.
    void push(const std::string& name, Json condition) {
        if (loki_) {
            parts_.push_back(
                {{"$or", Json::array({{{name, std::move(condition)}}, {{name, {{"$type", "array"}}}}})}});
        } else {
            parts_.push_back({{name, std::move(condition)}});
        }
    }

    /// In $and the servers around nedb lose conditions.
    Json joined() const {
        Json criteria = Json::object();
        for (const Json& part : parts_) {
            criteria.merge_patch(part);
        }
        return criteria;
    }

    bool loki_;
    bool whole_ = true;
    Json parts_ = Json::array();
};

Narrowing narrowed(const Json& criteria, Store store) {
    Narrowing narrowing{store};
    for (const auto& [name, condition] : criteria.items()) {
        narrowing.add(name, condition);
    }
    return narrowing;
}

// --- the other options ------------------------------------------------------------------------------------

const Json& member(const Json& object, std::string_view name) {
    static const Json absent;
    const auto found = object.find(name);
    return found == object.end() ? absent : *found;
}

bool says_something(const Json& option) {
    return option.is_object() && !option.empty();
}

bool is_plain_sort(const Json& sort) {
    return std::ranges::all_of(sort.items(), [](const auto& field) {
        return is_plain(field.key()) && (field.value() == Json(1) || field.value() == Json(-1));
    });
}

/// loki sorts texts that look like numbers as numbers.
bool sorts_alike(const Json& sort, Store store) {
    return !says_something(sort) || (store == Store::nedb && is_plain_sort(sort));
}

/// The items that skip passes over count as well.
std::optional<std::uint64_t> items_needed(const Json& asked) {
    const Json& limit = member(asked, "limit");
    const Json& skip = member(asked, "skip");
    if (!limit.is_number_unsigned() || limit == Json(0)) {
        return std::nullopt;
    }
    return limit.get<std::uint64_t>() + (skip.is_number_unsigned() ? skip.get<std::uint64_t>() : 0);
}

/// As happn has them: sort, limit and skip one level deeper than criteria and fields.
Json nested(const Json& asked) {
    Json options = Json::object();
    for (const char* name : {"criteria", "fields"}) {
        if (asked.contains(name)) {
            options[name] = asked[name];
        }
    }
    for (const char* name : {"sort", "limit", "skip"}) {
        if (asked.contains(name)) {
            options["options"][name] = asked[name];
        }
    }
    return options;
}

/// Fields are never left out by the store: what it leaves has no times any more.
bool store_does_all(const Json& asked, Store store) {
    return !says_something(member(asked, "criteria")) && !says_something(member(asked, "sort")) &&
           !says_something(member(asked, "fields")) && (store == Store::loki || !asked.contains("skip"));
}

Json pushed(const Json& asked, Store store) {
    const auto narrowing = narrowed(member(asked, "criteria"), store);
    Json options = Json::object();
    if (Json criteria = narrowing.criteria(); !criteria.empty()) {
        options["criteria"] = std::move(criteria);
    }
    const Json& sort = member(asked, "sort");
    const auto limit = items_needed(asked);
    if (limit && narrowing.whole() && sorts_alike(sort, store)) {
        if (says_something(sort)) {
            options["options"]["sort"] = sort;
        }
        options["options"]["limit"] = *limit;
    }
    return options;
}

}  // namespace

std::string select_options(std::string_view asked) {
    const Json options = Json::parse(asked, nullptr, false);
    return options.is_object() ? nested(options).dump() : std::string{asked};
}

bool is_of_another_store(std::string_view message) {
    return message.find("Unknown comparison function $") != std::string_view::npos;
}

Pushdown push_down(std::string_view asked_text, Store store) {
    if (asked_text.empty()) {
        return {"{}", {}, 0};
    }
    const Json asked = Json::parse(asked_text, nullptr, false);
    if (!asked.is_object()) {
        return {"{}", std::string{asked_text}, 0};
    }
    const Json all = nested(asked);
    if (store_does_all(asked, store)) {
        return {all.dump(), {}, 0};
    }
    const Json options = pushed(asked, store);
    const bool limited = options.contains("options");
    return {options.dump(), all.dump(), limited ? items_needed(asked).value_or(0) : 0};
}

}  // namespace happn::query
