// A YAML file as a small immutable tree in which every key and value knows its place. Only what configuration
// needs: maps with text keys in order, lists, scalars, null. Anchors, aliases, tags, duplicate keys, further
// documents and over-deep nesting are findings, never silently accepted. Start-up only; never throws.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/finding.hpp"

namespace config {

inline constexpr int max_yaml_depth = 64;
inline constexpr std::size_t max_yaml_bytes = 16u * 1024 * 1024;

class Node {
public:
    enum class Kind { null, scalar, list, map };
    struct Member;

    Node() = default;
    static Node null(Place place, bool spelled_out = false);
    static Node scalar(Place place, std::string text, bool quoted);
    static Node list(Place place, std::vector<Node> items);
    static Node map(Place place, std::vector<Member> members);

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_scalar() const { return kind_ == Kind::scalar; }
    bool is_list() const { return kind_ == Kind::list; }
    bool is_map() const { return kind_ == Kind::map; }
    /// "a map", "a list", "text" ...: for messages.
    std::string_view kind_name() const;

    const Place& place() const { return place_; }
    /// Where byte `offset` of the scalar's text stands, as far as that can be told (no escapes, one line);
    /// else place().
    Place place_at(std::size_t offset) const;

    // of scalars
    const std::string& text() const { return text_; }
    bool quoted() const { return quoted_; }            // or a block scalar: text, whatever it looks like
    const std::string& file() const { return file_; }  // the secret file that the text is from, or empty
    std::optional<bool> as_bool() const;               // plain true or false
    std::optional<long long> as_integer() const;       // plain decimal
    std::optional<double> as_number() const;           // plain, as JSON writes numbers

    const std::vector<Node>& items() const { return items_; }        // of lists
    const std::vector<Member>& members() const { return members_; }  // of maps, in order
    const Member* find(std::string_view key) const;

    /// `{name}` without quotes is the map {name: null}: gives the text "{name}" that was meant. nullopt for
    /// anything else, also for a block map and for a null that is spelled out.
    std::optional<std::string> unquoted_template() const;

    /// Names the whole value as JSON text (plain scalars by their type).
    std::string json() const;

private:
    friend class VariableExpansion;
    Kind kind_ = Kind::null;
    Place place_;
    std::string text_;
    std::string file_;
    bool quoted_ = false;
    bool spelled_out_ = false;  // of null: `~` or `null`, not just nothing
    std::vector<Node> items_;
    std::vector<Member> members_;
};

struct Node::Member {
    std::string key;
    Place place;  // of the key
    Node value;
};

/// Parses one document. Findings are added; the tree is what could be read (null if nothing could). `file` is
/// only a name.
Node parse_yaml(std::string_view text, const std::string& file, Findings& findings);

/// Reads and parses a file (HG413 if that fails).
Node load_yaml(const std::string& file, Findings& findings);

}  // namespace config
