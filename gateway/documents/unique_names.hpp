// Names that a document may use once each, made of what people called things: "read-light" -> "read_light".
// Stable: the same wishes in the same order give the same names. Not shared between documents.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace gateway::documents {

class UniqueNames {
public:
    /// Letters, digits and `_` of `wish`, beginning with no digit; with a number behind it if it is taken.
    std::string take(std::string_view wish);

private:
    std::set<std::string> taken_;
};

}  // namespace gateway::documents
