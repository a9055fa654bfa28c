// At-least-once: what is kept on disk is attempted, in order by route and key, until every target has it or
// it is given up and becomes a dead letter (SpoolFile, DeliveryOrder). While the disk fails, messages are
// kept in memory alone and failing() says so: they are lost if the process dies then. One per gateway;
// shard's thread, but for the file, into which sources may put what arrives from their own threads.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/dispatcher.hpp"
#include "gateway/guarantor.hpp"
#include "gateway/identity.hpp"
#include "gateway/metrics.hpp"
#include "gateway/spool/delivery_order.hpp"
#include "gateway/spool/spool_file.hpp"

namespace gateway::spool {

class Spool final : public Guarantor {
public:
    static constexpr std::size_t most_at_once = 1000;  // attempts under way

    /// All references outlive this. `file` too: brokers put messages into it.
    Spool(boost::asio::io_context& shard, SpoolFile& file, Dispatcher& dispatcher, Metrics& metrics);

    /// Takes over what an earlier run has left. Once, when the dispatcher has its first table.
    void recover();
    /// What waits because a connection was away is attempted now.
    void connections_are_back();
    /// A dead letter is to be delivered after all, by its route as it is now: with all attempts before it and
    /// its time beginning again, behind what waits for the same key. Errors, and then it stays one: those of
    /// SpoolFile; Errc::refused - no route of its name takes it now; Errc::cancelled - the gateway is
    /// stopping.
    Result<void> replay(Id letter);
    /// To be called now and then: does a disk that has failed work again?
    void look();
    /// No attempt begins any more.
    void stop() { stopped_ = true; }

    /// Messages that are not at their end yet, by route.
    const Pending& pending() const { return pending_; }
    /// Why the disk is not to be relied on, in its own words; empty: it is.
    const std::string& failing() const { return failing_; }

    // Guarantor
    void take(std::int64_t kept, Message message, const std::vector<const Route*>& routes) override;
    void on_attempt_ended(std::int64_t id, const Ending& ending, const std::optional<Error>& error) override;
    std::string name_of(std::int64_t id) const override;

private:
    struct Trial {  // an attempt under way, or resting after one
        std::string route;
        int failures = 0;  // attempts in a row that have failed in this run
        int attempts = 0;  // begun, by the file
        WallTime arrived = 0;
    };

    void add(const Delivery& delivery, const std::shared_ptr<Receipt>& receipt);
    void keep_in_memory(Message message, std::vector<Delivery> deliveries, const Error& why);
    void pump();
    void schedule();
    Result<Attempt> begin(Id id);
    void attempt(Id id);
    void run(Id id, Attempt attempt);
    void try_again(Id id, const Retry& retry, const Ending& ending, const std::optional<Error>& error);
    void forget(Id id);
    void give_up(Id id, std::string_view stage, std::string_view reason, const std::string& cause);
    void end(Id id, Fate fate, std::string_view reason);
    const Route* route_of(std::string_view name) const;
    template <typename T>
    bool done(const Result<T>& result);

    SpoolFile& file_;
    Dispatcher& dispatcher_;
    Metrics& metrics_;
    DeliveryOrder order_{most_at_once};
    std::unordered_map<Id, Trial> trials_;
    std::unordered_map<Id, Attempt> counted_;  // attempts that are next, and on disk since they were routed
    std::unordered_map<Id, Attempt> unkept_;   // in memory alone; their ids are negative
    Id last_unkept_ = 0;
    const std::string unkept_identity_ = random_hex(8);          // as that of a file
    std::unordered_map<Id, std::shared_ptr<Receipt>> receipts_;  // of senders that wait
    Pending pending_;
    std::string failing_;
    std::minstd_rand random_{std::random_device{}()};
    bool pumping_ = false;
    bool stopped_ = false;
    boost::asio::steady_timer timer_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace gateway::spool
