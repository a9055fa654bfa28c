// `limit` and `skip`: how many. A number, or a template that gives one, which a message may choose. Pure,
// immutable.
#pragma once

#include <string>

#include "gateway/expression/template.hpp"

namespace gateway {

class Count {
public:
    /// As many as may be written, or asked for.
    static constexpr int most = 1'000'000;

    /// `key`: what it is called, for messages. `least`: what a message may ask for at least; what the mapping
    /// writes out may be 0.
    Count(std::string key, Template from, int least = 0);

    /// A whole number, from JSON or a text that is one; absent if the template is. Refused: anything else, or
    /// out of bounds (parameters).
    Expanded<Value> evaluate(const Evaluation& evaluation) const;

private:
    std::string key_;
    Template from_;
    int least_;
};

}  // namespace gateway
