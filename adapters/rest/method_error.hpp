// What a method of the mesh answered for an error, as happner's REST shows it. Pure.
#pragma once

#include <string>

#include "adapters/rest/dialect.hpp"
#include "gateway/error.hpp"

namespace rest {

/// The method's own error object. Happner shows what is the error's own, so no name that it has by its class
/// (`TypeError`); an exchange tells neither whose the name is nor the stack, of which a dialect that shows one
/// is given the first line.
std::string method_error_object(const Dialect& dialect, const gateway::Error& error);

}  // namespace rest
