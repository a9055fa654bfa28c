// The levels of the addresses that a template can produce, collected from its parts; whatever is not literal
// becomes a wildcard. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/address_pattern.hpp"

namespace gateway {

class LevelCollector {
public:
    /// A literal part. `wildcards`: the characters that are none of it, as `+#`; `#` and `**` take the rest.
    void text(std::string_view text, std::string_view wildcards);
    void one_level();
    void rest();
    std::vector<AddressPattern::Segment> finish();

private:
    void literal(std::string_view text);
    void end();

    std::vector<AddressPattern::Segment> segments_;
    std::string prefix_, suffix_;
    bool open_ = false;
    bool rest_ = false;
};

}  // namespace gateway
