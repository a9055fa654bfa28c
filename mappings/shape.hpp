// The shape of the mapping language as data: which keys a map may have, and what each may hold. One set of
// tables (language.hpp) serves the parser, "did you mean" and the published JSON Schema, so that they cannot
// differ. Immutable.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/yaml_document.hpp"

namespace mappings {

struct Table;
struct Variant;

struct Shape {
    enum class Kind {
        later,  // not built yet: always a finding
        text,   // any scalar, read as text
        value,  // any JSON, with templates in its strings
        data,   // any JSON
        boolean,
        integer,  // minimum .. maximum
        count,    // an integer, or a template that gives one
        number,
        duration,  // 250ms 5s 1m 2h 1d
        size,      // 512B 64KiB 10MiB
        choice,    // one of a few words
        table,     // a map with known keys
        variants,  // a map whose first known key says which table it is
        list,      // of `inner`, at least `minimum` of them
        map,       // names to `inner`
        by_kind,   // scalar, list or map, each with its own shape
    };

    Kind kind = Kind::data;
    double minimum = 0;
    double maximum = 0;
    std::span<const std::string_view> choices = {};
    std::span<const std::string_view> choices_later = {};  // choices that are not built yet
    const Table* table = nullptr;
    std::span<const Variant> variants = {};
    const Shape* inner = nullptr;
    const Shape* scalar = nullptr;
    const Shape* list = nullptr;
    const Shape* map = nullptr;
};

struct Key {
    std::string_view name;
    const Shape* shape = nullptr;
    std::string_view description;
    bool required = false;
    std::string_view instead = {};  // a key that is not built yet and, when it is, makes this one needless
};

struct Table {
    std::string_view name;  // "a route": for messages, and the schema's definition
    std::string_view description;
    std::span<const Key> keys;
};

struct Variant {
    std::string_view key;          // the key that tells
    const Table* table = nullptr;  // null: not built yet
};

/// The tree without what does not fit; every misfit is a finding. Nothing left: nullopt. `key` names the
/// value in messages.
std::optional<config::Node> check(const config::Node& node,
                                  const Shape& shape,
                                  std::string_view key,
                                  config::Findings& findings);

}  // namespace mappings
