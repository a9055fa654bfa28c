// What a method of the mesh answered for an error, as happner's REST shows it. Pure.
#pragma once

#include <string>

#include "adapters/rest/dialect.hpp"
#include "gateway/error.hpp"

namespace rest {

/// An error is shown with what is its own, so without a name that it has by its class (`TypeError`); an
/// exchange tells neither whose the name is nor the stack, of which a dialect that shows one is given the
/// first line. Any other object is shown as it is, and what is none as the object that JavaScript makes of
/// it; but a text as a message.
std::string method_error_object(const Dialect& dialect, const gateway::Error& error);

}  // namespace rest
