// Items in memory: gone with the process. In two orders, that of the paths and that of the paths read
// backwards, so that `/a/*` and `*/b` alike look at no more than they must.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "adapters/happn/node/store/store.hpp"

namespace happn::node {

class MemoryStore final : public Store {
public:
    explicit MemoryStore(StoreLimits limits) : limits_{limits} {}

    gateway::Result<std::optional<Item>> get(std::string_view path) override;
    gateway::Result<void> find(std::string_view pattern, const Visit& visit) override;
    gateway::Result<Times> put(std::string_view path, const Item& item) override;
    gateway::Result<std::size_t> remove(std::string_view pattern) override;
    gateway::Result<std::size_t> remove_paths(const std::vector<std::string>& paths) override;
    std::size_t size() const override { return items_.size(); }
    std::size_t bytes() const override { return bytes_; }

private:
    using Items = std::map<std::string, Item, std::less<>>;

    struct Backwards {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const;
        bool operator()(Items::const_iterator a, Items::const_iterator b) const {
            return (*this)(a->first, b->first);
        }
        bool operator()(Items::const_iterator a, std::string_view b) const { return (*this)(a->first, b); }
        bool operator()(std::string_view a, Items::const_iterator b) const { return (*this)(a, b->first); }
    };
    using ByEnd = std::set<Items::const_iterator, Backwards>;

    class HeadCursor;
    class TailCursor;

    std::vector<std::string> paths(std::string_view pattern) const;
    /// Of a pattern whose tail is empty: one range of paths.
    void visit_range(std::string_view pattern, std::string_view head, const Visit& visit) const;
    void erase(Items::const_iterator at);

    Items items_;
    ByEnd by_end_;
    StoreLimits limits_;
    std::size_t bytes_ = 0;  // never above limits_.bytes
};

}  // namespace happn::node
