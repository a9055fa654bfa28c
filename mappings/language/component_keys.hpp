// The keys of `components`. Constants.
#pragma once

#include "mappings/language/answer_keys.hpp"
#include "mappings/language/route_keys.hpp"
#include "mappings/language/shapes.hpp"
#include "mappings/language/target_keys.hpp"

namespace mappings::keys {

inline constexpr std::array<std::string_view, 7> parameter_types{
    "string", "integer", "number", "boolean", "object", "array", "any"};
inline constexpr Shape parameter_type = choice(parameter_types);

inline constexpr std::array parameter_keys{
    Key{"type", &parameter_type, "string, integer, number, boolean, object, array or any (default)."},
    Key{"required", &boolean, "Refuse a call without it."},
    Key{"minimum", &number, "The smallest number allowed."},
    Key{"maximum", &number, "The largest number allowed."},
    Key{"enum", &data, "The values allowed, a list."},
    Key{"description", &text, "What it is."},
};
inline constexpr Table parameter_table{"a parameter", "One parameter of a method.", parameter_keys};
inline constexpr Shape parameter_map = map_of(parameter_table);
inline constexpr Shape parameter{.kind = Kind::by_kind, .scalar = &parameter_type, .map = &parameter_map};
inline constexpr Shape named_parameters = names_to(parameter);
inline constexpr Shape parameters{.kind = Kind::by_kind, .list = &texts, .map = &named_parameters};

inline constexpr Shape returns{.kind = Kind::by_kind, .map = &named_data};

inline constexpr std::array own_method_keys{
    Key{"parameters", &parameters, "Its parameters in order: a list of names, or names to types and limits."},
    Key{"map", &value, "The new payload: an object of templates."},
    Key{"to", &targets, "Who serves it: one target or a list.", true, "switch"},
    Key{"returns", &returns, "JSON Schema of the answer, for OpenAPI and AsyncAPI; answers are not checked."},
    Key{"idempotent", &later, {}},
    Key{"switch", &later, {}},
    Key{"sticky", &later, {}},
    Key{"shadow", &later, {}},
    Key{"fallback", &later, {}},
};
inline constexpr auto method_keys = joined(own_method_keys, processing_keys);
inline constexpr Table method_table{"a method", "A route whose source is a call.", method_keys};
inline constexpr Shape method = map_of(method_table);
inline constexpr Shape methods = names_to(method);

inline constexpr std::array component_keys{
    Key{"version", &text, "Its version, such as 1.0.0."},
    Key{"description", &text, "What it is."},
    Key{"methods", &methods, "Its methods by name.", true},
    Key{"events", &later, {}},
};
inline constexpr Table component_table{
    "a component", "A mesh component that the gateway provides.", component_keys};
inline constexpr Shape component = map_of(component_table);
inline constexpr Shape components = names_to(component);

}  // namespace mappings::keys
