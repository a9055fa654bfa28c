// One two-way route: what its ends are known to hold, and the comparison of both after a gap. On the shard's
// thread; owned by Pairs and by the executions that belong to it.
//
//   live:   arrive() -> sent() -> ended(), for each message on either half
//   gap:    lost() ... start() -> both ends are read -> each pair of addresses is judged -> what is to be
//           carried runs as messages of the two halves, a few at a time -> done
//
// Messages go on while a comparison is made. They are newer than what is read meanwhile, so that an address
// which one of them has touched is left to it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "gateway/ports.hpp"
#include "gateway/routing_table.hpp"
#include "gateway/sync/known_values.hpp"
#include "gateway/sync/snapshot.hpp"
#include "gateway/sync/verdict.hpp"

namespace gateway::sync {

/// What one message on one half would send.
struct Rendered {
    std::optional<Output> output;  // none: it would be refused
    Value newest;                  // `newest_by` of it; absent: it has none
};

/// What a pair needs of the dispatcher.
class Host {
public:
    virtual ~Host() = default;
    virtual void bring_kept(const Route& half, KeptReader reader) = 0;
    virtual Rendered render(const Route& half, const Captures& captures, const Message& message) = 0;
    /// `done`: when it has ended, whatever became of it; possibly before this returns.
    virtual void carry(const Route& half, Captures captures, Message message, std::function<void()> done) = 0;
    virtual void count(std::string_view what, std::uint64_t n) = 0;
    virtual void say(const std::string& warning) = 0;
};

class Pair;

/// The part of an execution that belongs to a pair.
struct Carry {
    std::shared_ptr<Pair> pair;
    std::string key;  // the captures
    End from = End::a;
    Known before = {}, now = {};
    bool is_remove = false;
};

class Pair : public std::enable_shared_from_this<Pair> {
public:
    static constexpr std::size_t most_at_once = 64;  // executions that a comparison has under way

    Pair(Host& host, std::size_t max_values) : host_{host}, max_values_{max_values}, known_{max_values} {}

    /// The halves of the table in force, which `table` keeps.
    void bind(std::shared_ptr<const RoutingTable> table, const Route& a_to_b, const Route& b_to_a);
    bool is_made_of(const Route& a_to_b, const Route& b_to_a) const;
    ConnectionName connection(End end) const;

    /// A message has come in by one half. nullopt: by all that is known both ends hold this already, and it
    /// cannot say that it is new.
    std::optional<Carry> arrive(const Route& half, const Captures& captures, const Message& message);
    void sent(Carry& carry, const Output& output);
    void ended(const Carry& carry, bool delivered);

    /// What changes at an end from here on does not come.
    void lost();
    bool is_due() const { return due_; }
    void start();
    /// Its routes have gone.
    void stop();

private:
    struct Step {
        std::string key;
        End from = End::a;
        Captures captures;
        Message message;
    };

    const Route& half(End from) const { return from == End::a ? *a_to_b_ : *b_to_a_; }
    Digest digest_at(End end, const Payload& payload, bool removed) const;
    void touch(const std::string& key);
    void abandon();

    void on_kept(End end, Message message);
    void on_read(const std::optional<Error>& error);
    void judge();
    Findings findings_on(const std::string& key, Snapshot::Pair& pair);
    std::optional<End> newer_by_memory(const Known* known, Digest a, Digest b) const;
    void plan(const std::string& key, Snapshot::Pair& pair, const Verdict& verdict);
    std::optional<Step> removal(const std::string& key, const Held& held, End from);
    void carry_on();
    void finish();
    void give_up(const std::string& why);

    Host& host_;
    const std::size_t max_values_;
    std::shared_ptr<const RoutingTable> table_;
    const Route* a_to_b_ = nullptr;
    const Route* b_to_a_ = nullptr;
    KnownValues known_;

    bool due_ = true;        // a gap has not been looked at yet
    bool given_up_ = false;  // and will not be, before an end is lost once more
    std::uint64_t round_ = 0;
    int unread_ = 0;                    // ends that have not said all
    std::optional<Snapshot> snapshot_;  // while a comparison is made
    std::deque<Step> plan_;
    std::set<std::string> under_way_;      // of the plan
    std::optional<std::string> starting_;  // the step of the plan that is being started
    bool again_ = false;                   // something has crossed: compare once more
};

}  // namespace gateway::sync
