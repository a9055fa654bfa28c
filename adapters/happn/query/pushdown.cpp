#include "adapters/happn/query/pushdown.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "adapters/happn/frame.hpp"
#include "gateway/json.hpp"

namespace happn::query {
namespace {

namespace json = gateway::json;
using Json = nlohmann::json;

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

// --- the options, as slices of what is asked: the order of a sort counts ----------------------------------

struct Asked {
    std::string_view criteria, fields, sort, limit, skip;  // empty: absent
};

Asked read(std::string_view text) {
    const auto part = [text](const char* name) {
        return json::member(text, name).value_or(std::string_view{});
    };
    return {part("criteria"), part("fields"), part("sort"), part("limit"), part("skip")};
}

bool says_something(std::string_view option) {
    bool says = false;
    return json::for_each_member(option, [&says](auto, auto) { says = true; }) && says;
}

bool is_plain_sort(std::string_view sort) {
    bool plain = true;
    json::for_each_member(sort, [&plain](std::string_view name, std::string_view direction) {
        plain =
            plain && is_plain(json::unquoted(name).value_or("")) && (direction == "1" || direction == "-1");
    });
    return plain;
}

/// loki sorts texts that look like numbers as numbers.
bool sorts_alike(std::string_view sort, Store store) {
    return !says_something(sort) || (store == Store::nedb && is_plain_sort(sort));
}

std::uint64_t count_of(std::string_view option) {
    std::uint64_t count = 0;
    const auto read = std::from_chars(option.data(), option.data() + option.size(), count);
    return read.ec == std::errc{} && read.ptr == option.data() + option.size() ? count : 0;
}

/// The items that skip passes over count as well. 0: all.
std::uint64_t items_needed(const Asked& asked) {
    const auto limit = count_of(asked.limit);
    return limit == 0 ? 0 : limit + count_of(asked.skip);
}

/// As happn has them: sort, limit and skip one level deeper than criteria and fields.
std::string nested(const Asked& asked) {
    std::string inner, text;
    if (!asked.sort.empty() || !asked.limit.empty() || !asked.skip.empty()) {
        ObjectWriter{inner}
            .optional_raw("sort", asked.sort)
            .optional_raw("limit", asked.limit)
            .optional_raw("skip", asked.skip)
            .end();
    }
    ObjectWriter{text}
        .optional_raw("criteria", asked.criteria)
        .optional_raw("fields", asked.fields)
        .optional_raw("options", inner)
        .end();
    return text;
}

/// Fields are never left out by the store: what it leaves has no times any more.
bool store_does_all(const Asked& asked, Store store) {
    return !says_something(asked.criteria) && !says_something(asked.sort) && !says_something(asked.fields) &&
           (store == Store::loki || asked.skip.empty());
}

/// Criteria with a number beyond a double's reach are no object: nobody is asked for them.
Narrowing narrowing_of(const Asked& asked, Store store) {
    const Json criteria =
        asked.criteria.empty() ? Json::object() : Json::parse(asked.criteria, nullptr, false);
    return narrowed(criteria.is_object() ? criteria : Json::object(), store);
}

Pushdown pushed(const Asked& asked, Store store) {
    const auto narrowing = narrowing_of(asked, store);
    const Json criteria = narrowing.criteria();
    const std::string criteria_text = criteria.empty() ? std::string{} : criteria.dump();
    const bool limited = narrowing.whole() && sorts_alike(asked.sort, store) && items_needed(asked) > 0;
    const auto limit = limited ? items_needed(asked) : 0;
    const std::string limit_text = std::to_string(limit);
    Asked narrow;
    narrow.criteria = criteria_text;
    if (limited) {
        narrow.limit = limit_text;
        narrow.sort = says_something(asked.sort) ? asked.sort : std::string_view{};
    }
    return {nested(narrow), nested(asked), limit};
}

}  // namespace

std::string select_options(std::string_view asked) {
    return asked.empty() ? std::string{} : nested(read(asked));
}

bool is_of_another_store(std::string_view message) {
    return message.find("Unknown comparison function $") != std::string_view::npos;
}

Pushdown push_down(std::string_view asked_text, Store store) {
    const Asked asked = read(asked_text);
    return store_does_all(asked, store) ? Pushdown{nested(asked), {}, 0} : pushed(asked, store);
}

}  // namespace happn::query
