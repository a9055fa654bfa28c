#include "adapters/happn/query/conditions.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "adapters/happn/query/criteria.hpp"

namespace happn::query {

namespace {

using gateway::Result;
using Json = nlohmann::json;
using Values = std::vector<Json>;

constexpr std::int64_t max_pattern_memory = 1 << 20;

gateway::Error wrong_value(std::string_view op, std::string_view wanted) {
    return wrong_criteria(std::string{op} + " needs " + std::string{wanted});
}

/// A value, or an element of it if it is an array.
bool any(const Values& values, const std::function<bool(const Json&)>& fits) {
    return std::any_of(values.begin(), values.end(), [&](const Json& value) {
        return fits(value) || (value.is_array() && std::any_of(value.begin(), value.end(), fits));
    });
}

std::size_t characters_of(const std::string& utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool comparable(const Json& a, const Json& b) {
    return (a.is_number() && b.is_number()) || (a.is_string() && b.is_string()) ||
           (a.is_boolean() && b.is_boolean());
}

ValueTest equals(const Json& operand) {
    return [operand](const Values& values) {
        return any(values, [&](const Json& value) { return value == operand; });
    };
}

ValueTest negated(ValueTest test) {
    return [test = std::move(test)](const Values& values) { return !test(values); };
}

ValueTest all_of(std::vector<ValueTest> tests) {
    return [tests = std::move(tests)](const Values& values) {
        return std::all_of(tests.begin(), tests.end(), [&](const ValueTest& test) { return test(values); });
    };
}

ValueTest any_of(std::vector<ValueTest> tests) {
    return [tests = std::move(tests)](const Values& values) {
        return std::any_of(tests.begin(), tests.end(), [&](const ValueTest& test) { return test(values); });
    };
}

bool is_operators(const Json& condition) {
    return condition.is_object() && !condition.empty() && condition.begin().key().starts_with('$');
}

Result<ValueTest> compile_operators(const Json& operators, Naming naming, int nesting);

Result<std::vector<ValueTest>> compile_conditions(std::string_view op,
                                                  const Json& list,
                                                  Naming naming,
                                                  int nesting) {
    if (!list.is_array()) {
        return wrong_value(op, "an array");
    }
    std::vector<ValueTest> tests;
    for (const Json& condition : list) {
        auto test = compile_condition(condition, naming, nesting);
        if (test.has_error()) {
            return test.error();
        }
        tests.push_back(*std::move(test));
    }
    return tests;
}

// --- operators under a name: each gets its operand and gives its test ------------------------------------

struct Operand {
    std::string_view op;
    const Json& value;
    const Json& siblings;  // the object that the operator stands in
    Naming naming;
    int nesting;
};

Result<ValueTest> op_eq(const Operand& operand) {
    return equals(operand.value);
}

Result<ValueTest> op_ne(const Operand& operand) {
    return negated(equals(operand.value));
}

Result<ValueTest> op_order(const Operand& operand) {
    const std::string op{operand.op.substr(1)};
    return ValueTest{[op, bound = operand.value](const Values& values) {
        return any(values, [&](const Json& value) {
            if (!comparable(value, bound)) {
                return false;
            }
            return op == "gt"    ? value > bound
                   : op == "gte" ? value >= bound
                   : op == "lt"  ? value < bound
                                 : value <= bound;
        });
    }};
}

Result<ValueTest> op_in(const Operand& operand) {
    if (!operand.value.is_array()) {
        return wrong_value(operand.op, "an array");
    }
    ValueTest in = [list = operand.value](const Values& values) {
        return any(values, [&](const Json& value) {
            return std::find(list.begin(), list.end(), value) != list.end();
        });
    };
    return operand.op == "$in" ? in : negated(std::move(in));
}

bool truthy(const Json& value) {
    return !(value.is_null() || value == Json(false) || value == Json(0) || value == Json(""));
}

Result<ValueTest> op_exists(const Operand& operand) {
    return ValueTest{
        [wanted = truthy(operand.value)](const Values& values) { return values.empty() != wanted; }};
}

/// Text, or [text, flags] as happn-3 13 takes it. RE2: what a client asks for must end in linear time.
Result<ValueTest> op_regex(const Operand& operand) {
    const Json& value = operand.value;
    std::string flags = operand.siblings.value("$options", Json("")).is_string()
                            ? operand.siblings.value("$options", std::string{})
                            : std::string{};
    Json pattern = value;
    if (value.is_array() && !value.empty()) {
        pattern = value[0];
        flags = value.size() > 1 && value[1].is_string() ? value[1].get<std::string>() : flags;
    }
    if (!pattern.is_string()) {
        return wrong_criteria("$regex parameter value must be an Array or a string");
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_pattern_memory);
    options.set_case_sensitive(flags.find('i') == std::string::npos);
    options.set_dot_nl(flags.find('s') != std::string::npos);
    options.set_one_line(flags.find('m') == std::string::npos);
    options.set_perl_classes(true);
    options.set_word_boundary(true);
    const auto expression = std::make_shared<RE2>(pattern.get<std::string>(), options);
    if (!expression->ok()) {
        return wrong_criteria("Invalid regular expression: " + expression->error());
    }
    return ValueTest{[expression](const Values& values) {
        return any(values, [&](const Json& text) {
            return text.is_string() && RE2::PartialMatch(text.get_ref<const std::string&>(), *expression);
        });
    }};
}

Result<ValueTest> op_options(const Operand& operand) {  // read by $regex
    return operand.siblings.contains("$regex")
               ? Result<ValueTest>{ValueTest{[](const Values&) { return true; }}}
               : wrong_criteria("$options without $regex");
}

Result<ValueTest> op_not(const Operand& operand) {
    auto test = compile_condition(operand.value, operand.naming, operand.nesting);
    return test.has_error() ? test : Result<ValueTest>{negated(*std::move(test))};
}

Result<ValueTest> op_logic(const Operand& operand) {
    auto tests = compile_conditions(operand.op, operand.value, operand.naming, operand.nesting);
    if (tests.has_error()) {
        return tests.error();
    }
    if (operand.op == "$and") {
        return all_of(*std::move(tests));
    }
    auto either = any_of(*std::move(tests));
    return operand.op == "$or" ? either : negated(std::move(either));
}

/// Of the length that `measure` finds in a value: a number, or operators on it.
Result<ValueTest> length_test(const Operand& operand,
                              std::function<std::optional<std::size_t>(const Json&)> measure) {
    auto test = compile_condition(operand.value, operand.naming, operand.nesting);
    if (test.has_error()) {
        return test;
    }
    return ValueTest{[test = *std::move(test), measure = std::move(measure)](const Values& values) {
        return std::any_of(values.begin(), values.end(), [&](const Json& value) {
            const auto length = measure(value);
            return length && test({Json(*length)});
        });
    }};
}

Result<ValueTest> op_size(const Operand& operand) {
    return length_test(operand, [](const Json& value) {
        return value.is_array() ? std::optional{value.size()} : std::nullopt;
    });
}

Result<ValueTest> op_len(const Operand& operand) {
    return length_test(operand, [](const Json& value) {
        return value.is_string()  ? std::optional{characters_of(value.get_ref<const std::string&>())}
               : value.is_array() ? std::optional{value.size()}
                                  : std::nullopt;
    });
}

Result<ValueTest> op_elem_match(const Operand& operand) {
    if (!operand.value.is_object()) {
        return wrong_value(operand.op, "an object");
    }
    if (is_operators(operand.value)) {
        auto test = compile_operators(operand.value, operand.naming, operand.nesting + 1);
        if (test.has_error()) {
            return test;
        }
        return ValueTest{[test = *std::move(test)](const Values& values) {
            return std::any_of(values.begin(), values.end(), [&](const Json& value) {
                return value.is_array() && std::any_of(value.begin(), value.end(), [&](const Json& element) {
                           return test({element});
                       });
            });
        }};
    }
    auto criteria = Criteria::compile(operand.value, Naming::element, operand.nesting + 1);
    if (criteria.has_error()) {
        return criteria.error();
    }
    return ValueTest{[criteria = *std::move(criteria)](const Values& values) {
        return std::any_of(values.begin(), values.end(), [&](const Json& value) {
            return value.is_array() && std::any_of(value.begin(), value.end(), [&](const Json& element) {
                       return element.is_object() && criteria.match({{}, {}, element});
                   });
        });
    }};
}

/// Of no values, as MongoDB has it, nothing has all.
Result<ValueTest> op_all(const Operand& operand) {
    auto tests = compile_conditions(operand.op, operand.value, operand.naming, operand.nesting);
    if (tests.has_error()) {
        return tests.error();
    }
    return tests->empty() ? ValueTest{[](const Values&) { return false; }} : all_of(*std::move(tests));
}

Result<ValueTest> op_type(const Operand& operand) {
    if (!operand.value.is_string()) {
        return wrong_value(operand.op, "the name of a type");
    }
    const auto name = operand.value.get<std::string>();
    return ValueTest{[wanted = name == "bool" ? "boolean" : name](const Values& values) {
        return std::any_of(values.begin(), values.end(), [&](const Json& value) {
            return wanted == (value.is_number() ? "number" : value.type_name());
        });
    }};
}

Result<ValueTest> op_mod(const Operand& operand) {
    const Json& value = operand.value;
    const bool two = value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number();
    if (!two || value[0].get<double>() == 0) {
        return wrong_value(operand.op, "[divisor, remainder]");
    }
    return ValueTest{[divisor = value[0].get<double>(), rest = value[1].get<double>()](const Values& values) {
        return any(values, [&](const Json& number) {
            return number.is_number() && std::fmod(number.get<double>(), divisor) == rest;
        });
    }};
}

Result<ValueTest> op_between(const Operand& operand) {
    if (!operand.value.is_array() || operand.value.size() != 2) {
        return wrong_value(operand.op, "[from, to]");
    }
    return ValueTest{[from = operand.value[0], to = operand.value[1]](const Values& values) {
        return any(values, [&](const Json& value) {
            return comparable(value, from) && comparable(value, to) && from <= value && value <= to;
        });
    }};
}

/// As happn-3 13 has it: an element of an array, a part of a text, a key of an object.
bool contains(const Json& value, const Json& part) {
    if (value.is_array()) {
        return std::find(value.begin(), value.end(), part) != value.end();
    }
    if (!part.is_string()) {
        return false;
    }
    const auto& text = part.get_ref<const std::string&>();
    return (value.is_string() && value.get_ref<const std::string&>().find(text) != std::string::npos) ||
           (value.is_object() && value.contains(text));
}

Result<ValueTest> op_contains(const Operand& operand) {
    const Json parts = operand.value.is_array() ? operand.value : Json::array({operand.value});
    const bool all = operand.op == "$contains" || operand.op == "$containsString";
    ValueTest test = [parts, all](const Values& values) {
        return std::any_of(values.begin(), values.end(), [&](const Json& value) {
            const auto has = [&](const Json& part) { return contains(value, part); };
            return all ? std::all_of(parts.begin(), parts.end(), has)
                       : std::any_of(parts.begin(), parts.end(), has);
        });
    };
    return operand.op == "$containsNone" ? negated(std::move(test)) : test;
}

using Compile = Result<ValueTest> (*)(const Operand&);

Compile operator_named(std::string_view name) {
    static constexpr std::pair<std::string_view, Compile> operators[] = {
        {"$eq", op_eq},
        {"$ne", op_ne},
        {"$gt", op_order},
        {"$gte", op_order},
        {"$lt", op_order},
        {"$lte", op_order},
        {"$in", op_in},
        {"$nin", op_in},
        {"$exists", op_exists},
        {"$regex", op_regex},
        {"$options", op_options},
        {"$not", op_not},
        {"$and", op_logic},
        {"$or", op_logic},
        {"$nor", op_logic},
        {"$size", op_size},
        {"$len", op_len},
        {"$elemMatch", op_elem_match},
        {"$all", op_all},
        {"$type", op_type},
        {"$mod", op_mod},
        {"$between", op_between},
        {"$contains", op_contains},
        {"$containsAny", op_contains},
        {"$containsNone", op_contains},
        {"$containsString", op_contains},
    };
    const auto found = std::find_if(
        std::begin(operators), std::end(operators), [&](const auto& entry) { return entry.first == name; });
    return found == std::end(operators) ? nullptr : found->second;
}

Result<ValueTest> compile_operators(const Json& operators, Naming naming, int nesting) {
    std::vector<ValueTest> tests;
    for (const auto& [op, value] : operators.items()) {
        const Compile compile = operator_named(op);
        if (compile == nullptr) {
            return wrong_criteria("unknown operator: " + op);
        }
        auto test = compile({op, value, operators, naming, nesting});
        if (test.has_error()) {
            return test;
        }
        tests.push_back(*std::move(test));
    }
    return tests.size() == 1 ? Result<ValueTest>{std::move(tests.front())}
                             : Result<ValueTest>{all_of(std::move(tests))};
}

}  // namespace

gateway::Error wrong_criteria(std::string message) {
    return {gateway::Errc::bad_request, std::move(message)};
}

Result<ValueTest> compile_condition(const Json& condition, Naming naming, int nesting) {
    if (nesting > max_nesting) {
        return wrong_criteria("criteria are nested too deeply");
    }
    return is_operators(condition) ? compile_operators(condition, naming, nesting + 1)
                                   : Result<ValueTest>{equals(condition)};
}

}  // namespace happn::query
