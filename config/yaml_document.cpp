#include "config/yaml_document.hpp"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "gateway/json.hpp"

namespace config {
namespace {

struct TooDeep {};  // leaves yaml-cpp's parser; caught in parse_yaml

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

int characters_in(std::string_view text) {
    return static_cast<int>(text.size()) -
           static_cast<int>(std::count_if(text.begin(), text.end(), continues_character));
}

std::size_t byte_of_column(std::string_view line, int column) {
    std::size_t at = 0;
    for (int passed = 1; passed < column && at < line.size(); ++passed) {
        do {
            ++at;
        } while (at < line.size() && continues_character(line[at]));
    }
    return at;
}

/// yaml-cpp counts from 0, and columns in bytes.
Place place_of(const std::shared_ptr<const SourceText>& source, const YAML::Mark& mark) {
    const int line = std::max(mark.line, 0) + 1;
    const auto before = source->line(line).substr(0, static_cast<std::size_t>(std::max(mark.column, 0)));
    return {source, line, characters_in(before) + 1};
}

/// Is this what stands in the file at `place`?
bool starts_with(const Place& place, std::string_view text) {
    const auto line = place.source_line();
    return line.substr(byte_of_column(line, place.column)).starts_with(text);
}

bool means_null(std::string_view plain) {
    return plain.empty() || plain == "~" || plain == "null";
}

/// Builds the tree from the parser's events. A map's children come in turn: key, value, key, value.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::shared_ptr<const SourceText> source, Findings& findings)
        : source_{std::move(source)}, findings_{findings} {}

    Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add_null(at(mark));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        findings_.error("HG401", at(mark), "an alias is not allowed here", "write the value out");
        add(Node::null(at(mark)));
    }

    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_anchor(mark, anchor);
        const bool quoted = tag == "!";
        if (!quoted && tag != "?") {
            refuse_tag(mark, tag);
        }
        if (!quoted && means_null(value)) {
            add_null(at(mark));
        } else {
            add(Node::scalar(at(mark), value, quoted));
        }
    }

    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::list);
    }
    void OnSequenceEnd() override {
        Open done = std::move(open_.back());
        open_.pop_back();
        add(Node::list(std::move(done.place), std::move(done.items)));
    }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::map);
    }
    void OnMapEnd() override {
        Open done = std::move(open_.back());
        open_.pop_back();
        add(Node::map(std::move(done.place), std::move(done.members)));
    }

private:
    struct Open {
        Node::Kind kind = Node::Kind::list;
        Place place;
        std::vector<Node> items;
        std::vector<Node::Member> members;
        bool value_is_next = false;
        bool keep_value = true;
    };

    Place at(const YAML::Mark& mark) const { return place_of(source_, mark); }

    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            findings_.error(
                "HG401", at(mark), "an anchor is not allowed here", "write the value out where it is used");
        }
    }

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        findings_.error("HG402", at(mark), "a tag (" + tag + ") is not allowed here", "leave it out");
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
        refuse_anchor(mark, anchor);
        if (tag != "?" && !tag.empty()) {
            refuse_tag(mark, tag);
        }
        if (open_.size() >= static_cast<std::size_t>(max_yaml_depth)) {
            findings_.error(
                "HG405", at(mark), "nested deeper than " + std::to_string(max_yaml_depth) + " levels");
            throw TooDeep{};
        }
        Open level;
        level.kind = kind;
        level.place = at(mark);
        open_.push_back(std::move(level));
    }

    void add(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
        } else if (open_.back().kind == Node::Kind::list) {
            open_.back().items.push_back(std::move(node));
        } else if (open_.back().value_is_next) {
            add_value(open_.back(), std::move(node));
        } else {
            add_key(open_.back(), node);
        }
    }

    /// The mark of a value that is not there is that of whatever comes next: its key is a better place.
    void add_null(Place place) {
        const bool spelled_out = starts_with(place, "null") || starts_with(place, "~");
        const bool is_value = !open_.empty() && open_.back().value_is_next && open_.back().keep_value;
        if (is_value && !spelled_out) {
            place = open_.back().members.back().place;
        }
        add(Node::null(std::move(place), spelled_out));
    }

    static void add_value(Open& map, Node node) {
        map.value_is_next = false;
        if (map.keep_value) {
            map.members.back().value = std::move(node);
        }
    }

    void add_key(Open& map, const Node& node) {
        map.value_is_next = true;
        map.keep_value = false;
        if (!node.is_scalar()) {
            findings_.error(
                "HG407", node.place(), "a key must be text, not " + std::string{node.kind_name()});
            return;
        }
        const auto same = std::find_if(map.members.begin(), map.members.end(), [&](const auto& member) {
            return member.key == node.text();
        });
        if (same != map.members.end()) {
            findings_.error("HG403",
                            node.place(),
                            "key '" + node.text() + "' is there twice",
                            "the first is at " + same->place.text());
            return;
        }
        map.keep_value = true;
        map.members.push_back({node.text(), node.place(), Node::null(node.place())});
    }

    std::shared_ptr<const SourceText> source_;
    Findings& findings_;
    std::vector<Open> open_;
    Node root_;
};

/// Swallows what stands after the first document, and remembers where it starts.
class FurtherDocument final : public YAML::EventHandler {
public:
    bool found = false;
    YAML::Mark mark;

    void OnDocumentStart(const YAML::Mark& start) override {
        found = true;
        mark = start;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&,
                         const std::string&,
                         YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&,
                    const std::string&,
                    YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

void parse_events(const std::string& text,
                  const std::shared_ptr<const SourceText>& source,
                  TreeBuilder& builder,
                  Findings& findings) {
    std::istringstream in{text};
    try {
        YAML::Parser parser{in};
        if (!parser.HandleNextDocument(builder)) {
            return;
        }
        FurtherDocument further;
        if (parser.HandleNextDocument(further) || further.found) {
            findings.error("HG404",
                           place_of(source, further.mark),
                           "a second document is not allowed",
                           "use a file of its own");
        }
    } catch (const TooDeep&) {  // already a finding
    } catch (const YAML::Exception& wrong) {
        findings.error("HG400", place_of(source, wrong.mark), "not YAML: " + wrong.msg);
    }
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    return ec == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

void append_json(std::string& out, const Node& node) {
    switch (node.kind()) {
        case Node::Kind::null:
            out += "null";
            return;
        case Node::Kind::scalar:
            if (!node.quoted() &&
                (node.as_bool() || (node.as_number() && gateway::json::valid(node.text())))) {
                out += node.text();
            } else {
                gateway::json::append_quoted(out, node.text());
            }
            return;
        case Node::Kind::list: {
            char separator = '[';
            for (const auto& item : node.items()) {
                out.push_back(separator);
                append_json(out, item);
                separator = ',';
            }
            out += node.items().empty() ? "[]" : "]";
            return;
        }
        case Node::Kind::map: {
            char separator = '{';
            for (const auto& member : node.members()) {
                out.push_back(separator);
                gateway::json::append_quoted(out, member.key);
                out.push_back(':');
                append_json(out, member.value);
                separator = ',';
            }
            out += node.members().empty() ? "{}" : "}";
            return;
        }
    }
}

}  // namespace

Node Node::null(Place place, bool spelled_out) {
    Node node;
    node.place_ = std::move(place);
    node.spelled_out_ = spelled_out;
    return node;
}

Node Node::scalar(Place place, std::string text, bool quoted) {
    Node node = null(std::move(place));
    node.kind_ = Kind::scalar;
    node.text_ = std::move(text);
    node.quoted_ = quoted;
    return node;
}

Node Node::list(Place place, std::vector<Node> items) {
    Node node = null(std::move(place));
    node.kind_ = Kind::list;
    node.items_ = std::move(items);
    return node;
}

Node Node::map(Place place, std::vector<Member> members) {
    Node node = null(std::move(place));
    node.kind_ = Kind::map;
    node.members_ = std::move(members);
    return node;
}

std::string_view Node::kind_name() const {
    switch (kind_) {
        case Kind::null:
            return "nothing";
        case Kind::list:
            return "a list";
        case Kind::map:
            return "a map";
        case Kind::scalar:
            break;
    }
    return as_bool() ? "a boolean" : as_number() ? "a number" : "text";
}

Place Node::place_at(std::size_t offset) const {
    const auto line = place_.source_line();
    const auto start = byte_of_column(line, place_.column);
    // Only if the text stands there just as it is: an escape, a fold or an expanded variable makes the guess
    // wrong.
    for (const std::size_t quote : {0U, 1U}) {
        if (line.size() >= start + quote && line.substr(start + quote).starts_with(text_)) {
            const auto before = line.substr(0, start + quote + std::min(offset, text_.size()));
            Place place = place_;
            place.column = characters_in(before) + 1;
            return place;
        }
    }
    return place_;
}

std::optional<bool> Node::as_bool() const {
    if (kind_ != Kind::scalar || quoted_ || (text_ != "true" && text_ != "false")) {
        return std::nullopt;
    }
    return text_ == "true";
}

std::optional<long long> Node::as_integer() const {
    return kind_ == Kind::scalar && !quoted_ ? parse_number<long long>(text_) : std::nullopt;
}

std::optional<double> Node::as_number() const {
    if (kind_ != Kind::scalar || quoted_) {
        return std::nullopt;
    }
    const auto number = parse_number<double>(text_);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

const Node::Member* Node::find(std::string_view key) const {
    const auto found = std::find_if(
        members_.begin(), members_.end(), [&](const Member& member) { return member.key == key; });
    return found == members_.end() ? nullptr : &*found;
}

std::optional<std::string> Node::unquoted_template() const {
    if (kind_ != Kind::map || members_.size() != 1 || !members_.front().value.is_null()) {
        return std::nullopt;
    }
    if (members_.front().value.spelled_out_ || !starts_with(place_, "{")) {
        return std::nullopt;
    }
    return "{" + members_.front().key + "}";
}

std::string Node::json() const {
    std::string out;
    append_json(out, *this);
    return out;
}

Node parse_yaml(std::string_view text, const std::string& file, Findings& findings) {
    const auto source = std::make_shared<const SourceText>(file, text);
    const Place whole{source, 0, 0};
    if (text.size() > max_yaml_bytes) {
        findings.error("HG413", whole, "larger than " + std::to_string(max_yaml_bytes) + " bytes");
        return Node::null(whole);
    }
    if (!gateway::json::valid_utf8(text)) {
        findings.error("HG400", whole, "not UTF-8 text");
        return Node::null(whole);
    }
    TreeBuilder builder{source, findings};
    parse_events(std::string{text}, source, builder, findings);
    Node root = builder.take();
    return root.place().source ? root : Node::null({source, 1, 1});
}

Node load_yaml(const std::string& file, Findings& findings) {
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in || in.bad()) {
        const Place whole{std::make_shared<const SourceText>(file, ""), 0, 0};
        findings.error("HG413", whole, "cannot be read");
        return Node::null(whole);
    }
    return parse_yaml(text, file, findings);
}

}  // namespace config
