#include "adapters/happn/node/tags.hpp"

#include "adapters/happn/frame.hpp"
#include "gateway/identity.hpp"

namespace happn::node {

namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::string_view tags_prefix = "/_TAGS";

std::string snapshot(std::string_view path, const Item* item) {
    std::string meta;
    ObjectWriter{meta}.text("path", path).end();
    std::string whole;
    ObjectWriter writer{whole};
    writer.raw("data", item == nullptr ? "{}" : std::string_view{item->data}).raw("_meta", meta);
    if (item != nullptr) {
        writer.number("created", item->times.created)
            .number("modified", item->times.modified)
            .text("_id", path);
    }
    writer.end();
    return whole;
}

}  // namespace

std::string sibling_path(std::string_view path) {
    std::string made{path};
    if (!made.ends_with('/')) {
        made += '/';
    }
    return made + std::to_string(gateway::wall_now()) + '_' + gateway::random_hex(id_bytes);
}

gateway::Result<Tagged> tag_item(Store& store, std::string_view path, std::string_view tag) {
    const auto original = store.get(path);
    if (original.has_error()) {
        return original.error();
    }
    const auto now = gateway::wall_now();
    if (!*original) {
        if (const auto made = store.put(path, {"{}", {now, now}, {}}); made.has_error()) {
            return made.error();
        }
    }
    std::string place{tags_prefix};
    place.append(path.starts_with('/') ? "" : "/").append(path);
    Tagged tagged{sibling_path(place), snapshot(path, *original ? &**original : nullptr), {now, now}};
    if (const auto put = store.put(tagged.path, {tagged.data, tagged.times, std::string{tag}});
        put.has_error()) {
        if (!*original) {
            static_cast<void>(store.remove_paths({std::string{path}}));  // the first error is the one to tell
        }
        return put.error();
    }
    return tagged;
}

}  // namespace happn::node
