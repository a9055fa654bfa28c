#include "adapters/happn/query/criteria.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/happn/query/conditions.hpp"

namespace happn::query {

namespace {

using gateway::Result;
using Json = nlohmann::json;
using Test = std::function<bool(const Subject&)>;

Result<Test> compile_object(const Json& criteria, Naming naming, int nesting);

Result<Test> compile_logic(const std::string& op, const Json& list, Naming naming, int nesting) {
    if (op != "$and" && op != "$or" && op != "$nor") {
        return wrong_criteria("unknown operator: " + op);
    }
    if (!list.is_array()) {
        return wrong_criteria(op + " needs an array");
    }
    std::vector<Test> parts;
    for (const Json& part : list) {
        auto test = compile_object(part, naming, nesting + 1);
        if (test.has_error()) {
            return test;
        }
        parts.push_back(*std::move(test));
    }
    return Test{[parts = std::move(parts), all = op == "$and", none = op == "$nor"](const Subject& subject) {
        const auto fits = [&](const Test& test) { return test(subject); };
        return all ? std::all_of(parts.begin(), parts.end(), fits)
                   : std::any_of(parts.begin(), parts.end(), fits) != none;
    }};
}

Result<Test> compile_member(const std::string& name, const Json& condition, Naming naming, int nesting) {
    if (name.starts_with('$')) {
        return compile_logic(name, condition, naming, nesting);
    }
    auto test = compile_condition(condition, naming, nesting);
    if (test.has_error()) {
        return test.error();
    }
    return Test{[field = FieldName{name, naming}, test = *std::move(test)](const Subject& subject) {
        return test(field.values(subject));
    }};
}

Result<Test> compile_object(const Json& criteria, Naming naming, int nesting) {
    if (!criteria.is_object()) {
        return wrong_criteria("criteria must be an object");
    }
    if (nesting > max_nesting) {
        return wrong_criteria("criteria are nested too deeply");
    }
    std::vector<Test> tests;
    for (const auto& [name, condition] : criteria.items()) {
        auto test = compile_member(name, condition, naming, nesting);
        if (test.has_error()) {
            return test;
        }
        tests.push_back(*std::move(test));
    }
    return Test{[tests = std::move(tests)](const Subject& subject) {
        return std::all_of(tests.begin(), tests.end(), [&](const Test& test) { return test(subject); });
    }};
}

}  // namespace

Criteria Criteria::nothing() {
    Criteria none;
    none.test_ = [](const Subject&) { return false; };
    return none;
}

Result<Criteria> Criteria::compile(const Json& criteria, Naming naming, int nesting) {
    Criteria compiled;
    if (criteria.empty()) {
        return compiled;
    }
    auto test = compile_object(criteria, naming, nesting);
    if (test.has_error()) {
        return test.error();
    }
    compiled.test_ = *std::move(test);
    return compiled;
}

}  // namespace happn::query
