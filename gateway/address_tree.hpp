// A tree of address patterns by segment, so that finding who wants a topic or path does not depend on how
// many do not.
//
//     devices ─┬─ d1 ──── telemetry        [a]     literal children, by hash
//              ├─ (one) ─ telemetry        [b]     {device}, +, *, x-{name}: any one segment
//              └─ (rest)                   [c]     {name...}, #: one or more segments
//
// The tree only narrows down: AddressPattern::match() has the last word and gives the captures. Patterns are
// borrowed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/expression/address_pattern.hpp"

namespace gateway {

template <typename Entry>
class AddressTree {
public:
    void add(const AddressPattern& pattern, Entry entry) {
        Node* node = &root_;
        for (const AddressPattern::Segment& segment : pattern.segments()) {
            using Kind = AddressPattern::Segment::Kind;
            if (segment.kind == Kind::rest) {
                node->rest.push_back(entry);
                return;
            }
            if (segment.kind == Kind::literal) {
                auto& child = node->literals[segment.literal];
                if (!child) child = std::make_unique<Node>();
                node = child.get();
            } else {
                if (!node->any) node->any = std::make_unique<Node>();
                node = node->any.get();
            }
        }
        node->here.push_back(entry);
    }

    /// Calls visit(entry) for each pattern whose shape fits. `levels`: the address without the '/' that every
    /// happn and HTTP address begins with; a topic whole, as "/a" has an empty level before a.
    template <typename Visit>
    void candidates(std::string_view levels, const Visit& visit) const {
        walk(root_, levels, false, visit);
    }

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> any;
        std::vector<Entry> here;
        std::vector<Entry> rest;
    };

    template <typename Visit>
    static void walk(const Node& node, std::string_view left, bool ended, const Visit& visit) {
        if (ended) {
            for (const Entry& entry : node.here)
                visit(entry);
            return;
        }
        for (const Entry& entry : node.rest)
            visit(entry);
        const std::size_t slash = left.find('/');
        const std::string_view segment = left.substr(0, slash);
        const bool last = slash == std::string_view::npos;
        const std::string_view below = last ? std::string_view{} : left.substr(slash + 1);
        if (const auto child = node.literals.find(segment); child != node.literals.end())
            walk(*child->second, below, last, visit);
        if (node.any) walk(*node.any, below, last, visit);
    }

    Node root_;
};

}  // namespace gateway
