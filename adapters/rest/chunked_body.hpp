// A body in chunks (RFC 9112 section 7.1), taken out of its bytes as they come. Strict: what two servers
// could read in two ways is malformed. Extensions and trailers are read only as far as that asks for, and
// dropped: a trailer says nothing about framing or the connection (RFC 9110 section 6.5.1). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rest {

class ChunkedBody {
public:
    enum class Verdict {
        incomplete,
        complete,
        malformed,        // see problem()
        too_large,        // more than the limit
        too_much_around,  // sizes, extensions and trailers out of proportion to what they carry
    };

    /// `limit`: bytes that the chunks may carry.
    explicit ChunkedBody(std::size_t limit) : limit_{limit} {}

    /// Takes what belongs to the body from the front of `received`, and appends what it carries to `body`.
    Verdict take(std::string_view& received, std::string& body);

    /// A literal, for the answer.
    const char* problem() const { return problem_; }

private:
    enum class At {
        size_start,
        size,
        size_padding,
        extension,
        size_end,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_end,
        last_lf,
    };

    Verdict take_data(std::string_view& received, std::string& body);
    Verdict take_around(char c);
    Verdict take_size(char c);
    Verdict take_extension(char c);
    Verdict begin_data();
    Verdict take_trailer_name(char c);
    Verdict take_trailer_value(char c);
    Verdict go_on(At next);
    Verdict malformed(const char* problem);

    std::size_t limit_;
    std::size_t size_ = 0;     // of the chunk; of its data, what is still to come
    std::size_t carried_ = 0;  // bytes of data, all chunks together
    std::size_t around_ = 0;   // bytes that are no data
    At at_ = At::size_start;
    const char* problem_ = "";
};

}  // namespace rest
