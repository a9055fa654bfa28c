// Who listens to the channels of one session: routes and readers of streams. A session has one subscription
// a channel, so listeners of the same channel share it; the last to leave ends it. Subscriptions survive a
// reconnect as SessionFsm makes them again; what was published meanwhile does not come. Owned by the session;
// on the shard's thread. A listener may be added or leave from within any callback.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/happn/session_fsm.hpp"

namespace happn {

class ChannelListeners {
public:
    using Id = std::uint64_t;

    struct Listener {
        bool initial = false;  // what is stored comes first, as publications that say so
        SessionFsm::OnPublication on_publication;
        /// Once: the channel is subscribed to, or why not. May be empty.
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
    struct Channel {
        std::map<Id, std::shared_ptr<Listener>> listeners;
        State state = State::asked;
        std::uint64_t round = 0;  // of the subscription: answers to former ones are of no interest
    };
    using Answer = std::optional<gateway::Error>;

    void subscribe(const std::string& name, Channel& channel, bool initial);
    void on_answer(const std::string& name, std::uint64_t round, const Answer& answer);
    void on_refused(const std::string& name, std::uint64_t round, const gateway::Error& error);
    void publish(const std::string& name, const Publication& publication) const;
    template <typename Visit>
    void for_each(const std::string& name, std::uint64_t round, const Visit& visit) const;

    SessionFsm& session_;
    std::map<std::string, std::shared_ptr<Channel>, std::less<>> channels_;
    std::map<Id, std::string> channel_of_;
    Id last_id_ = 0;
    std::uint64_t last_round_ = 0;
};

}  // namespace happn
