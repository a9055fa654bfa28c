// `rest.allow`: which methods the mirror offers, as "component/method" patterns; `*` stands for any run of
// characters within a part, and "*" alone for everything. Immutable, pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rest {

class AllowList {
public:
    explicit AllowList(std::vector<std::string> patterns) : patterns_{std::move(patterns)} {}
    bool allows(std::string_view component, std::string_view method) const;

private:
    std::vector<std::string> patterns_;
};

}  // namespace rest
