#include "adapters/happn/mesh_feeds.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

#include "adapters/happn/paths.hpp"
#include "adapters/happn/stored_items.hpp"
#include "gateway/json.hpp"
#include "gateway/route.hpp"

namespace happn {

using gateway::Clock;
using gateway::DeliveryId;
using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

namespace {

constexpr gateway::Duration first_pause =
    std::chrono::milliseconds{500};  // before a session is asked for again
constexpr gateway::Duration longest_pause = std::chrono::seconds{10};
constexpr gateway::Duration reopen_timeout = std::chrono::seconds{10};

std::string raw_member(std::string_view object, std::string_view key) {
    return std::string{gateway::json::member(object, key).value_or("")};
}

FeedItem item_of(const Publication& publication) {
    FeedItem item;
    item.path = publication.path;
    item.data = publication.data;
    item.created = raw_member(publication.meta, "created");
    item.modified = raw_member(publication.meta, "modified");
    item.removed = publication.removed;
    return item;
}

std::vector<FeedItem> feed_items(std::vector<StoredItem> stored) {
    std::vector<FeedItem> items;
    items.reserve(stored.size());
    for (StoredItem& item : stored) {
        items.push_back({std::move(item.path),
                         std::move(item.data),
                         raw_member(item.meta, "created"),
                         raw_member(item.meta, "modified")});
    }
    return items;
}

bool passes(const Error& error) {
    return error.errc == Errc::unavailable || error.errc == Errc::timeout || error.errc == Errc::overloaded;
}

}  // namespace

struct MeshFeeds::Open {
    Open(gateway::Principal reader, std::string channel_name, std::string path_of_get, Feed feed_of_it)
        : who{std::move(reader)},
          channel{std::move(channel_name)},
          path{std::move(path_of_get)},
          feed{std::move(feed_of_it)} {}

    gateway::Principal who;
    std::string channel;
    std::string path;  // of the get that brings what is stored
    Feed feed;
    ClientSession* session = nullptr;
    ChannelListeners::Id listener = 0;
    std::uint64_t round = 0;  // of attempts: what belongs to a former one is of no interest
    bool waiting = false;
    bool told = false;  // the reader has been told that it is open
};

MeshFeeds::MeshFeeds(boost::asio::io_context& io, gateway::Dispatcher& dispatcher, Sessions sessions)
    : io_{io}, dispatcher_{dispatcher}, sessions_{std::move(sessions)}, retry_{io}, pause_{first_pause} {}

MeshFeeds::~MeshFeeds() = default;

MeshFeeds::Open* MeshFeeds::find(DeliveryId id) {
    const auto found = feeds_.find(id);
    return found == feeds_.end() ? nullptr : found->second.get();
}

// --- opening -------------------------------------------------------------------------------------

void MeshFeeds::open(DeliveryId id, const gateway::StreamTarget& rule, gateway::Output output) {
    const auto& from = std::get<gateway::HappnStream>(rule.from);
    const auto path = output.pattern->subscription();
    Feed feed{feed_wish(rule, output),
              {[this, id](gateway::StreamItem item) { dispatcher_.on_item(id, std::move(item)); },
               [this, id] { dispatcher_.on_stored(id); }}};
    feeds_.emplace(id,
                   std::make_unique<Open>(std::move(output.principal),
                                          make_channel(channel_word(from.sets, from.removes), path),
                                          path,
                                          std::move(feed)));
    attempt(id, output.deadline);
}

void MeshFeeds::attempt(DeliveryId id, TimePoint deadline) {
    Open* const open = find(id);
    const auto round = ++open->round;
    sessions_(open->who,
              deadline,
              [this, id, round, deadline, alive = std::weak_ptr{alive_}](
                  const gateway::Result<ClientSession*>& session) {
                  Open* const still = alive.expired() ? nullptr : find(id);
                  if (still == nullptr || still->round != round) {
                      return;
                  }
                  if (session) {
                      listen(id, **session, deadline);
                  } else {
                      fail(id, session.error());
                  }
              });
}

void MeshFeeds::listen(DeliveryId id, ClientSession& session, TimePoint deadline) {
    Open* const open = find(id);
    open->session = &session;
    if (open->feed.needs_stored()) {
        open->feed.hold();
    }
    ChannelListeners::Listener listener;
    listener.yields = true;  // to routes, which are subscribed to only once
    listener.on_publication = [this, id](const Publication& publication) { on_publication(id, publication); };
    listener.on_refused = [this, id](const Error& error) { end(id, error); };
    listener.on_answer = [this, id, round = open->round, deadline](const std::optional<Error>& error) {
        const Open* const still = find(id);
        if (still == nullptr || still->round != round) {
            return;
        }
        if (error) {
            fail(id, *error);
        } else if (still->feed.needs_stored()) {
            fetch_stored(id, deadline);
        } else {
            go_live(id);
        }
    };
    const auto round = open->round;
    const auto listening = session.listeners().listen(open->channel, std::move(listener));
    Open* const still = find(id);  // its answer may have come at once, and be the end of it
    if (still != nullptr && still->round == round && still->session == &session) {
        still->listener = listening;
    } else {
        session.listeners().leave(listening);
    }
}

void MeshFeeds::fetch_stored(DeliveryId id, TimePoint deadline) {
    Open* const open = find(id);
    SessionFsm::Ask get;
    get.action = "get";
    get.path = open->path;
    get.data = "null";
    get.options = "{}";
    open->session->ask(
        get,
        deadline,
        [this, id, round = open->round, alive = std::weak_ptr{alive_}](const SessionFsm::Answer& answer) {
            const Open* const still = alive.expired() ? nullptr : find(id);
            if (still != nullptr && still->round == round) {
                on_stored(id, answer);
            }
        });
}

void MeshFeeds::on_stored(DeliveryId id, const SessionFsm::Answer& answer) {
    const bool may_not_read = !answer && answer.error().errc == Errc::access_denied;
    const bool can_do_without = may_not_read && !find(id)->feed.wants_initial();
    if (!answer && !can_do_without) {
        return fail(id, answer.error());
    }
    std::vector<FeedItem> items;
    if (answer) {
        items = feed_items(stored_items(**answer, find(id)->path));
    }
    go_live(id);
    if (Open* const open = find(id); open != nullptr && !open->feed.on_stored(std::move(items))) {
        end(id, stored_is_too_much());
    }
}

std::optional<gateway::StreamItem> MeshFeeds::next_stored(DeliveryId id) {
    Open* const open = find(id);
    return open == nullptr ? std::nullopt : open->feed.next_stored();
}

void MeshFeeds::go_live(DeliveryId id) {
    pause_ = first_pause;
    if (!std::exchange(find(id)->told, true)) {
        dispatcher_.on_open(id);
    }
}

void MeshFeeds::on_publication(DeliveryId id, const Publication& publication) {
    Open* const open = find(id);
    if (open != nullptr && !open->feed.on_publication(item_of(publication))) {
        end(id, Error{Errc::overloaded, "too much was published before what is stored could be read"});
    }
}

// --- losing and coming back ----------------------------------------------------------------------

void MeshFeeds::fail(DeliveryId id, const Error& error) {
    Open* const open = find(id);
    if (!open->told || !passes(error)) {
        return end(id, error);
    }
    wait(*open);
}

void MeshFeeds::wait(Open& open) {
    leave(open);
    open.feed.lost();
    ++open.round;
    if (!std::exchange(open.waiting, true)) {
        ++waiting_;
    }
    arm();
}

void MeshFeeds::arm() {
    if (armed_ || waiting_ == 0) {
        return;
    }
    armed_ = true;
    retry_.expires_after(pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
    retry_.async_wait([this, alive = std::weak_ptr{alive_}](const boost::system::error_code& error) {
        if (alive.expired()) {
            return;
        }
        armed_ = false;
        if (!error) {
            on_joined();
        }
    });
}

void MeshFeeds::on_joined() {
    std::vector<DeliveryId> waiting;
    for (const auto& [id, open] : feeds_) {
        if (open->waiting) {
            waiting.push_back(id);
        }
    }
    for (const auto id : waiting) {
        if (Open* const open = find(id); open != nullptr && open->waiting) {
            open->waiting = false;
            --waiting_;
            attempt(id, Clock::now() + reopen_timeout);
        }
    }
}

void MeshFeeds::on_lost(const ClientSession* session) {
    std::vector<DeliveryId> lost;
    for (const auto& [id, open] : feeds_) {
        if (open->session == session) {
            lost.push_back(id);
        }
    }
    for (const auto id : lost) {
        if (find(id) != nullptr) {
            fail(id, Error{Errc::unavailable, "the connection to the mesh is lost"});
        }
    }
}

void MeshFeeds::log_out(const gateway::Secret& token) {
    std::vector<DeliveryId> theirs;
    for (const auto& [id, open] : feeds_) {
        if (open->who.token && *open->who.token == token) {
            theirs.push_back(id);
        }
    }
    for (const auto id : theirs) {
        if (find(id) != nullptr) {
            end(id, Error{Errc::unauthorized, "the user has logged out"});
        }
    }
}

// --- ending --------------------------------------------------------------------------------------

void MeshFeeds::leave(Open& open) {
    if (open.session != nullptr && open.listener != 0) {
        open.session->listeners().leave(open.listener);
    }
    open.session = nullptr;
    open.listener = 0;
}

void MeshFeeds::forget(DeliveryId id) {
    const auto gone = feeds_.extract(id);
    if (gone.empty()) {
        return;
    }
    std::shared_ptr<Open> open = std::move(gone.mapped());
    if (open->waiting) {
        --waiting_;
    }
    leave(*open);
    boost::asio::post(io_, [open = std::move(open)] {});  // its feed may be on the stack
}

void MeshFeeds::end(DeliveryId id, Error error) {
    forget(id);
    dispatcher_.on_outcome(id, gateway::Outcome{std::move(error)});
}

void MeshFeeds::close_all() {
    while (!feeds_.empty()) {
        end(feeds_.begin()->first, Error{Errc::unavailable, "the mesh is not connected"});
    }
}

}  // namespace happn
