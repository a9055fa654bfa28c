#include "adapters/happn/query/selected.hpp"

#include "adapters/happn/frame.hpp"

namespace happn::query {

std::string item_meta(const Selected& selected) {
    if (selected.meta) {
        return *selected.meta;
    }
    std::string out;
    ObjectWriter{out}
        .number("created", selected.times.created)
        .number("modified", selected.times.modified)
        .text("path", selected.path)
        .optional_raw("tag", selected.tag)
        .end();
    return out;
}

std::string with_meta(const Selected& selected, std::string_view meta) {
    std::string out;
    // What is tagged brings a _meta of its own, which is not the item's.
    ObjectWriter{out}
        .spread(selected.tag.empty() ? selected.data : stored_form(selected.data))
        .raw("_meta", meta)
        .end();
    return out;
}

}  // namespace happn::query
