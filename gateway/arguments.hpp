// The arguments of an exchange call: a JSON array by position on the wire, an object by name in mapping
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/route.hpp"

namespace gateway {

/// Positional arguments named and checked against their declarations. Missing optional ones are left out;
/// null counts as missing. Errors with BadRequest name the parameter. A single object is taken as arguments
/// by name when the method declares more than one parameter and the object's keys are among them.
Result<std::string> named_arguments(std::string_view array, const std::vector<Parameter>& parameters);

/// Positional arguments that came as texts, in the types that are declared for them. A text that is none of
/// its parameter's type stays one: named_arguments() refuses it.
std::string typed_arguments(std::string_view texts, const std::vector<Parameter>& parameters);

/// An object's members in the order of `parameters`, `callback` left out; what is missing becomes null.
std::string positional_arguments(std::string_view object, const std::vector<std::string>& parameters);
std::string positional_arguments(std::string_view object, const std::vector<Parameter>& parameters);

/// What a call target sends: an array stays, nothing becomes no argument, any other value the only argument.
/// Objects are by name and need the method's parameters: see positional_arguments.
std::string as_argument_list(std::string_view json);

bool is_array(std::string_view json);
bool is_object(std::string_view json);

}  // namespace gateway
