#include "adapters/happn/node/dialect.hpp"

namespace happn::node {

namespace {

constexpr std::size_t longest_announcement = 64;

bool is_old(std::string_view announced) {
    return announced == "happn" || announced == "happn_1" || announced.starts_with("happn_1.") ||
           announced.starts_with("1.");
}

}  // namespace

std::string_view Dialect::name() const {
    switch (level) {
        case 2:
            return "happn_2";
        case 3:
            return "happn_3";
        case 4:
            return "happn_4";
        default:
            return "happn_1.3.0";
    }
}

FrameTail Dialect::response_tail() const {
    return old() ? FrameTail{{}, true} : FrameTail{name(), false};
}

FrameTail Dialect::publication_tail() const {
    return {name(), old()};
}

Dialect dialect_of(std::string_view announced) {
    Dialect dialect;
    dialect.announced = announced.substr(0, longest_announcement);
    if (is_old(announced)) {
        return dialect;
    }
    dialect.generation = Generation::current;
    dialect.level = announced == "happn_2" ? 2 : announced == "happn_3" ? 3 : 4;
    return dialect;
}

}  // namespace happn::node
