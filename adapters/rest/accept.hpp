// `Accept` of a request: which media types it would take, and how gladly (RFC 9110 section 12.5.1). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rest {

class Accept {
public:
    /// Without a value everything is accepted. Elements that are no media range are left out.
    explicit Accept(std::string_view value);

    /// 0: not at all, to 1000. The most specific range that covers the type counts; parameters of types are
    /// not looked at.
    int weight(std::string_view type) const;

private:
    struct Range {
        std::string type;  // "text/event-stream" "text/*" "*/*", in lower case
        int weight = 1000;
    };
    std::vector<Range> ranges_;
    bool everything_ = false;
};

}  // namespace rest
