// The sessions of users on one secure mesh: one for each token, made on first use by token login, shared by
// all that user's requests, closed when idle, forgotten when lost and made again on the next use. Keyed by a
// hash of the token; passwords are not kept. Bounded: when full, the session that was idle longest goes,
// never one with a request in flight. A session takes one of those places when the mesh has accepted its
// token or password, now or before; until then it has one of a few of its own, so that nobody loses his
// session to who only claims to be somebody. On the io_context's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/happn/client_session.hpp"
#include "adapters/happn/deadline_queue.hpp"
#include "adapters/happn/known_users.hpp"
#include "gateway/mesh.hpp"
#include "gateway/metrics.hpp"
#include "gateway/settings.hpp"

namespace happn {

class UserSessions {
public:
    static constexpr std::size_t max_strangers = 100;  // sessions whose credentials nobody has accepted yet

    using OnSession = std::function<void(gateway::Result<ClientSession*>)>;
    using OnToken = std::function<void(gateway::Result<gateway::Secret>)>;

    UserSessions(boost::asio::io_context& io,
                 const gateway::MeshSettings& settings,
                 gateway::Metrics& metrics);
    ~UserSessions();

    /// Gives the ready session of this token, logging it in if there is none. Fails with Unauthorized,
    /// Unavailable, Timeout or Overloaded.
    void with(const gateway::Secret& token, gateway::TimePoint deadline, OnSession done);
    /// Logs in by password (or token) and keeps the session for the token that the mesh gives.
    void login(const gateway::Login& login, gateway::TimePoint deadline, OnToken done);
    /// The mesh says that this token's session is over: the next use logs in anew.
    void discard(const gateway::Secret& token);
    /// Its user leaves: the session goes, whatever is under way on it, and nobody is known by the token.
    void log_out(const gateway::Secret& token);

    /// The user of a token that the mesh has accepted, and not refused since; empty: not known.
    std::string user_of(const gateway::Secret& token) const;

    /// New sessions are made where the service session is, in the protocol that was accepted there.
    void follow(const Destination& destination, const std::string& protocol) {
        destination_ = destination;
        protocols_ = {protocol};
    }
    /// Called with each session that is about to go, whatever the reason.
    void on_closing(std::function<void(const ClientSession*)> closing) { closing_ = std::move(closing); }
    void close_all();
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::unique_ptr<ClientSession> session;
        std::vector<std::uint64_t> waiters;
        gateway::TimePoint used{};
        bool ready = false;
        bool accepted = false;  // the mesh has accepted its credentials; else it is a stranger's
    };
    struct Refusal {
        gateway::Error error;
        gateway::TimePoint until{};
    };
    using Entries = std::unordered_map<std::string, Entry>;

    Entry* start(const std::string& key, SessionSettings settings);
    std::size_t count(bool accepted) const;
    bool make_room();
    void wait(Entry& entry, gateway::TimePoint deadline, OnSession done);
    void on_ready(const std::string& key);
    void on_ended(const std::string& key, const Ending& ending);
    void remove(Entries::iterator entry);
    void answer(std::vector<std::uint64_t> waiters, const gateway::Result<ClientSession*>& result);
    void keep_by_token(const std::string& key, const std::string& token_key);
    std::string watched_key(const ClientSession* session) const;
    const gateway::Error* recent_refusal(const std::string& key);
    void remember_refusal(const std::string& key, const gateway::Error& error);
    void arm();
    void on_timer();
    void close_idle(gateway::TimePoint now);

    boost::asio::io_context& io_;
    const gateway::MeshSettings& settings_;
    gateway::Metrics& metrics_;
    Destination destination_;
    std::vector<std::string> protocols_;
    Entries entries_;
    std::map<std::string, Refusal> refusals_;
    KnownUsers known_;
    std::unordered_map<std::uint64_t, OnSession> waiters_;
    DeadlineQueue deadlines_;
    std::function<void(const ClientSession*)> closing_;
    std::uint64_t next_waiter_ = 1;
    std::uint64_t next_login_ = 1;
    gateway::TimePoint sweep_at_{};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    boost::asio::steady_timer timer_;
};

}  // namespace happn
