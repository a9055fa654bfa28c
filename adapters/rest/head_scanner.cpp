#include "adapters/rest/head_scanner.hpp"

#include "adapters/rest/header_text.hpp"

namespace rest {

HeadScanner::Verdict HeadScanner::malformed(const char* problem) {
    problem_ = problem;
    return Verdict::malformed;
}

HeadScanner::Verdict HeadScanner::scan(std::string_view received) {
    while (scanned_ < received.size()) {
        if (scanned_ == limit_) return Verdict::too_large;
        const char c = received[scanned_++];
        if (after_cr_) {
            if (c != '\n') return malformed("a carriage return must be followed by a line feed");
            after_cr_ = false;
            const bool empty = line_ == 0;
            line_ = 0;
            if (!empty) continue;
            if (scanned_ - 2 > blank_) return Verdict::complete;
            blank_ = scanned_;
        } else if (c == '\r') {
            after_cr_ = true;
        } else if (is_control(c)) {
            return malformed(c == '\n' ? "a line must end with carriage return and line feed"
                                       : "there is a control character in the head");
        } else {
            const bool blank_start = line_++ == 0 && (c == ' ' || c == '\t');
            if (blank_start) return malformed("a line of the head starts with a blank");
        }
    }
    return Verdict::incomplete;
}

}  // namespace rest
