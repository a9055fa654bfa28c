#include "gateway/expression/problem.hpp"

#include <stdexcept>

namespace gateway {

void throw_exception_from_error(const ExpressionProblem& problem, const boost::source_location&) {
    throw std::runtime_error{problem.message};
}

}  // namespace gateway
