// Finds where the head of an HTTP/1.1 request ends, and refuses what a parser further on might read in
// another way than we do: bare CR or LF, folded lines, control characters (RFC 9112 sections 2.2, 5.2 and
// 11.2). Looks at each byte once, however the head is sliced. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace rest {

class HeadScanner {
public:
    enum class Verdict {
        incomplete,
        complete,   // size() is known
        malformed,  // see problem()
        too_large,
    };

    /// `limit`: bytes of request line and headers, and of empty lines before them (RFC 9112 section 2.2).
    explicit HeadScanner(std::size_t limit) : limit_{limit} {}

    /// `received`: all that has come since the last request, what earlier calls saw included.
    Verdict scan(std::string_view received);

    std::size_t blank() const { return blank_; }   // bytes of empty lines before the request
    std::size_t size() const { return scanned_; }  // where the head ends, the blank bytes included
    /// A literal, for the answer.
    const char* problem() const { return problem_; }

private:
    Verdict malformed(const char* problem);

    std::size_t limit_;
    std::size_t scanned_ = 0;
    std::size_t blank_ = 0;
    std::size_t line_ = 0;  // characters of the current line
    bool after_cr_ = false;
    const char* problem_ = "";
};

}  // namespace rest
