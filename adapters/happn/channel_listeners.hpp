// Who listens to the channels of one session: routes and readers of streams. A session has one subscription
// a channel, so listeners of the same channel share it; the last to leave ends it. Who joins later is noticed
// by nobody: what is stored is then fetched for it alone. Subscriptions survive a reconnect as SessionFsm
// makes them again; what was published meanwhile does not come. Owned by the session; on the shard's thread.
// A listener may be added or leave from within any callback.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/happn/session_fsm.hpp"
#include "adapters/happn/stored_first.hpp"

namespace happn {

class ChannelListeners {
public:
    using Id = std::uint64_t;

    struct Listener {
        bool initial = false;  // what is stored comes first, as publications that say so
        bool yields = false;   // see SessionFsm::Subscribe
        SessionFsm::OnPublication on_publication;
        /// Once: the channel is subscribed to, or why not. May be empty. Who stays is subscribed to it as
        /// soon as the mesh allows.
        std::function<void(const std::optional<gateway::Error>&)> on_answer;
        /// Later: the mesh has refused it when it was made again. May be empty.
        std::function<void(const gateway::Error&)> on_refused;
    };

    explicit ChannelListeners(SessionFsm& session) : session_{session} {}

    /// `on_answer` may be called before it returns.
    Id listen(const std::string& channel, Listener listener);
    void leave(Id id);
    bool empty() const { return channel_of_.empty(); }

private:
    enum class State : std::uint8_t { asked, made, refused };
    struct Member {
        Listener listener;
        std::optional<StoredFirst> stored_first;  // until what is stored has been fetched for it
    };
    struct Channel {
        std::map<Id, std::shared_ptr<Member>> members;
        State state = State::asked;
        bool initial = false;     // what is stored comes with the answer
        std::uint64_t round = 0;  // of the subscription: answers to former ones are of no interest
    };
    using Answer = std::optional<gateway::Error>;

    void subscribe(const std::string& name, Channel& channel, const Listener& first);
    void join(const std::string& name, const Channel& channel, Id id, Member& member);
    void welcome(const std::string& name, Id id, Member& member, const Answer& answer);
    void fetch_stored(const std::string& name, Id id);
    void on_stored(const std::string& name, Id id, const SessionFsm::Answer& answer);
    void release(const std::string& name, Id id, Member& member, const std::vector<StoredItem>& stored);
    void on_answer(const std::string& name, std::uint64_t round, const Answer& answer);
    void on_refused(const std::string& name, std::uint64_t round, const gateway::Error& error);
    void on_made(const std::string& name, std::uint64_t round);
    void publish(const std::string& name, const Publication& publication);
    template <typename Visit>
    void for_each(const std::string& name, std::uint64_t round, const Visit& visit) const;

    SessionFsm& session_;
    std::map<std::string, std::shared_ptr<Channel>, std::less<>> channels_;
    std::map<Id, std::string> channel_of_;
    Id last_id_ = 0;
    std::uint64_t last_round_ = 0;
};

}  // namespace happn
