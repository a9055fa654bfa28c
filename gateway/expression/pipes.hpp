// The pipes of templates: `{payload.name|lower|before('@')}`. Pure. An absent value stays absent through
// every pipe but `default`; a pipe that cannot do its work refuses (absent).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/operand.hpp"
#include "gateway/expression/template.hpp"
#include "gateway/expression/value.hpp"

namespace gateway {

struct Pipe {
    enum class Kind : std::uint8_t {
        fallback,  // default(v): for what is absent or null
        lower,     // ASCII letters
        upper,
        trim,     // blanks, tabs and line ends at both ends
        replace,  // every 'a' by 'b'
        before,   // up to the first 's'; all of it if there is none
        after,    // from behind the first 's'; all of it if there is none
        slug,
        url,
        base64,
        hex,
        sha256,
        integer,  // cut, not rounded
        floating,
        boolean,
        json,  // text that is JSON becomes what it says
        mul,
        add,
        round,  // to n decimals, default 0
    };
    Kind kind = Kind::trim;
    std::string first, second;  // replace, before, after
    Value value;                // default
    std::string number;         // mul, add, round: a JSON number
};

struct PipeSignature {
    enum class Arguments : std::uint8_t { none, value, text, two_texts, number, optional_number };
    std::string_view name;
    Pipe::Kind kind;
    Arguments arguments;
};

const std::vector<PipeSignature>& pipe_signatures();

Expanded<Operand> apply(const Pipe& pipe, Operand operand);

}  // namespace gateway
