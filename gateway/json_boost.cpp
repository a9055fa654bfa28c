// The one translation unit that holds Boost.JSON's sources. Only its SAX parser is used: 0.24 us for a frame
// of 464 bytes, where building a tree takes ten times that.
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include "gateway/json.hpp"

namespace gateway::json {
namespace {

// Accepts every event: the parser's own verdict is all that is wanted. The names and limits are Boost.JSON's.
struct Acceptor {
    using Code = boost::json::error_code;
    using View = boost::json::string_view;

    constexpr static std::size_t max_object_size = static_cast<std::size_t>(-1);
    constexpr static std::size_t max_array_size = static_cast<std::size_t>(-1);
    constexpr static std::size_t max_key_size = static_cast<std::size_t>(-1);
    constexpr static std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return true; }
    bool on_object_end(std::size_t, Code&) { return true; }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_key_part(View, std::size_t, Code&) { return true; }
    bool on_key(View, std::size_t, Code&) { return true; }
    bool on_string_part(View, std::size_t, Code&) { return true; }
    bool on_string(View, std::size_t, Code&) { return true; }
    bool on_number_part(View, Code&) { return true; }
    bool on_int64(std::int64_t, View, Code&) { return true; }
    bool on_uint64(std::uint64_t, View, Code&) { return true; }
    bool on_double(double, View, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(View, Code&) { return true; }
    bool on_comment(View, Code&) { return true; }
};

}  // namespace

bool valid(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::basic_parser<Acceptor> parser{options};
    Acceptor::Code code;
    const auto consumed = parser.write_some(false, text.data(), text.size(), code);
    return !code && consumed == text.size();
}

}  // namespace gateway::json
