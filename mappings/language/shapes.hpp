// What values of several keys look like, and what is said about several keys. Constants.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "gateway/expression/count.hpp"
#include "mappings/shape.hpp"

namespace mappings::keys {

using Kind = Shape::Kind;
using Words = std::span<const std::string_view>;

inline constexpr Shape later{.kind = Kind::later};
inline constexpr Shape text{.kind = Kind::text};
inline constexpr Shape value{.kind = Kind::value};
inline constexpr Shape data{.kind = Kind::data};
inline constexpr Shape boolean{.kind = Kind::boolean};
inline constexpr Shape integer{.kind = Kind::integer};
inline constexpr Shape number{.kind = Kind::number};
inline constexpr Shape duration{.kind = Kind::duration};
inline constexpr Shape size{.kind = Kind::size};
inline constexpr Shape qos{.kind = Kind::integer, .minimum = 0, .maximum = 2};
inline constexpr Shape queue_size{.kind = Kind::integer, .minimum = 1, .maximum = 1'000'000};
inline constexpr Shape count{.kind = Kind::integer, .minimum = 0, .maximum = 1'000'000};
inline constexpr Shape count_or_template{.kind = Kind::count, .minimum = 0, .maximum = gateway::Count::most};
inline constexpr Shape http_status{.kind = Kind::integer, .minimum = 200, .maximum = 599};
inline constexpr Shape texts{.kind = Kind::list, .inner = &text};
inline constexpr Shape named_texts{.kind = Kind::map, .inner = &text};
inline constexpr Shape named_data{.kind = Kind::map, .inner = &data};

constexpr Shape choice(Words words, Words words_later = {}) {
    return {.kind = Kind::choice, .choices = words, .choices_later = words_later};
}
constexpr Shape map_of(const Table& table) {
    return {.kind = Kind::table, .table = &table};
}
constexpr Shape list_of(const Shape& inner) {
    return {.kind = Kind::list, .inner = &inner};
}
constexpr Shape names_to(const Shape& inner) {
    return {.kind = Kind::map, .inner = &inner};
}

template <std::size_t N, std::size_t M>
constexpr std::array<Key, N + M> joined(const std::array<Key, N>& first, const std::array<Key, M>& second) {
    std::array<Key, N + M> all{};
    std::ranges::copy(second, std::ranges::copy(first, all.begin()).out);
    return all;
}

inline constexpr std::array<std::string_view, 6> decodings{"json", "text", "number", "bool", "bytes", "form"};
inline constexpr std::array<std::string_view, 3> encodings{"json", "text", "bytes"};
inline constexpr std::array<std::string_view, 2> action_words{"set", "remove"};
inline constexpr std::array<std::string_view, 1> remove_word{"remove"};
inline constexpr std::array<std::string_view, 1> meta_word{"meta"};
inline constexpr Shape decode = choice(decodings);
inline constexpr Shape encode = choice(encodings);
inline constexpr Shape action = choice(action_words);
inline constexpr Shape actions{.kind = Kind::list, .minimum = 1, .inner = &action};
inline constexpr Shape remove = choice(remove_word);
inline constexpr Shape with_meta = choice(meta_word);

inline constexpr std::string_view mesh_doc =
    "The mesh, by its key in the configuration; `node` is the gateway's own.";
inline constexpr std::string_view broker_doc = "The broker, by its key in the configuration.";
inline constexpr std::string_view decode_doc =
    "What the payload is: json (default), text, number, bool, bytes or form.";
inline constexpr std::string_view name_doc = "A name for `respond.from`.";
inline constexpr std::string_view as_doc =
    "On whose behalf: caller (default), service, or a template that gives a user name (delegation).";
inline constexpr std::string_view required_doc = "false: its failure does not fail the route.";
inline constexpr std::string_view encode_doc =
    "How the payload is sent: json, text or bytes. Default: as it is.";
inline constexpr std::string_view timeout_doc = "How long to wait for the answer, such as 5s.";

}  // namespace mappings::keys
