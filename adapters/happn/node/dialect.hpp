// How a session is spoken to, decided by what it announced in configure-session (measured on happn-3 1.12.1
// and 13.12.1). happn-3 before 4 announces happn_1.x.y and is answered as such a server would; happn_2 to
// happn_4 as happn-3 13 would; what nobody knows yet as happn_4. Values, no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/query/field_name.hpp"

namespace happn::node {

enum class Generation : std::uint8_t {
    old,      // happn, happn_1, happn_1.x.y, 1.x.y, or nothing announced
    current,  // happn_2 and later
};

struct Dialect {
    Generation generation = Generation::old;
    int level = 1;                    // of happn_<level>
    std::string announced = "happn";  // as the login answer repeats it

    bool old() const { return generation == Generation::old; }
    query::Naming naming() const { return old() ? query::Naming::old : query::Naming::current; }
    bool pinged() const { return level >= 4; }
    bool no_data_response() const { return level >= 4; }
    /// happn_1.1.0, which is also spoken to who announces nothing.
    bool names_errors_by_their_text() const { return announced == "happn"; }
    bool answers_disconnect() const { return level <= 2; }
    std::string_view name() const;  // "happn_4": what stands in `protocol`

    FrameTail response_tail() const;
    FrameTail publication_tail() const;
};

Dialect dialect_of(std::string_view announced);

}  // namespace happn::node
