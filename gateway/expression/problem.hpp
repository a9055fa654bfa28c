// A mistake in a pattern or template, found when it is compiled: where in the string, what, and what to do
// about it.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>

namespace gateway {

struct ExpressionProblem {
    std::size_t offset = 0;  // bytes into the string
    std::string message;     // "unknown name 'devcie'"
    std::string hint;        // "did you mean 'device'?"; may be empty
};

[[noreturn]] void throw_exception_from_error(const ExpressionProblem& problem,
                                             const boost::source_location& where);

template <typename T>
using Parsed = boost::system::result<T, ExpressionProblem>;

}  // namespace gateway
