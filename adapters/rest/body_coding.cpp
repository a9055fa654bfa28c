#include "adapters/rest/body_coding.hpp"

#include <zlib.h>

#include <algorithm>

namespace rest {
namespace {

constexpr int gzip_window = 15 + 16;  // largest window, gzip's header
constexpr int zlib_window = 15;       // "deflate" has zlib's header (RFC 9110 section 8.4.1.2)
constexpr std::size_t first_output = 16u * 1024;

class Inflater {
public:
    explicit Inflater(int window) : ready_{inflateInit2(&stream_, window) == Z_OK} {}
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    std::variant<std::string, Undecoded> run(std::string_view body, std::size_t limit) {
        if (!ready_) return Undecoded::broken;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
        stream_.avail_in = static_cast<uInt>(body.size());
        std::string text(std::min(first_output, limit + 1), '\0');
        for (;;) {
            stream_.next_out = reinterpret_cast<Bytef*>(text.data()) + stream_.total_out;
            stream_.avail_out = static_cast<uInt>(text.size() - stream_.total_out);
            const int result = inflate(&stream_, Z_NO_FLUSH);
            if (stream_.total_out > limit) return Undecoded::too_large;
            if (result == Z_STREAM_END) break;
            if (result != Z_OK || stream_.avail_out > 0) return Undecoded::broken;
            text.resize(std::min(2 * text.size(), limit + 1));
        }
        text.resize(stream_.total_out);
        return text;
    }

private:
    z_stream stream_{};
    bool ready_;
};

}  // namespace

std::variant<std::string, Undecoded> decode_body(std::string_view body,
                                                 std::string_view coding,
                                                 std::size_t limit) {
    if (coding != "gzip" && coding != "deflate") return Undecoded::unknown;
    return Inflater{coding == "gzip" ? gzip_window : zlib_window}.run(body, limit);
}

}  // namespace rest
