#include "adapters/happn/user_sessions.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <utility>

namespace happn {

namespace asio = boost::asio;
using gateway::Clock;
using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

namespace {

constexpr auto refusal_memory = std::chrono::seconds{2};
constexpr std::size_t max_refusals = 1000;
constexpr gateway::Duration longest_sweep_interval = std::chrono::seconds{30};

std::string hash_of(const gateway::Secret& token) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const auto& text = token.reveal();
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

Error no_room() {
    return Error{Errc::overloaded, "too many sessions on the mesh are in use"};
}

/// Frees a session after the call that is on the stack, which may be its own.
void bury(asio::io_context& io, std::unique_ptr<ClientSession> session) {
    session->stop();
    asio::post(io, [buried = std::move(session)] {});
}

}  // namespace

UserSessions::UserSessions(asio::io_context& io,
                           const gateway::MeshSettings& settings,
                           gateway::Metrics& metrics)
    : io_{io}, settings_{settings}, metrics_{metrics}, protocols_{SessionSettings{}.protocols}, timer_{io} {}

UserSessions::~UserSessions() {
    *alive_ = false;
}

// --- asking for a session ------------------------------------------------------------------------

void UserSessions::with(const gateway::Secret& token, TimePoint deadline, OnSession done) {
    const auto key = hash_of(token);
    if (const auto found = entries_.find(key); found != entries_.end()) {
        auto& entry = found->second;
        entry.used = Clock::now();
        if (entry.ready) {
            done(entry.session.get());
        } else {
            wait(entry, deadline, std::move(done));
        }
        return;
    }
    if (const auto* refusal = recent_refusal(key)) {
        done(*refusal);
        return;
    }
    SessionSettings settings;
    settings.token = token;
    auto* const entry = start(key, std::move(settings));
    if (entry == nullptr) {
        done(no_room());
        return;
    }
    wait(*entry, deadline, std::move(done));
}

void UserSessions::login(const gateway::Login& login, TimePoint deadline, OnToken done) {
    const auto key = "login " + std::to_string(next_login_++);
    SessionSettings settings;
    settings.username = login.username;
    settings.password = login.password;
    settings.token = login.token;
    auto* const entry = start(key, std::move(settings));
    if (entry == nullptr) {
        done(no_room());
        return;
    }
    wait(*entry, deadline, [this, key, done = std::move(done)](gateway::Result<ClientSession*> session) {
        if (!session) {
            done(session.error());
            return;
        }
        auto token = (*session)->session().facts().token;
        keep_by_token(key, hash_of(token));
        done(std::move(token));
    });
}

UserSessions::Entry* UserSessions::start(const std::string& key, SessionSettings settings) {
    const bool accepted = !known_.user_of(key).empty();
    if (accepted ? !make_room() : count(false) >= max_strangers) {
        return nullptr;
    }
    settings.protocols = protocols_;
    settings.ping_interval = settings_.keep_alive;
    settings.pong_timeout = settings_.keep_alive_timeout;
    auto& entry = entries_[key];
    entry.used = Clock::now();
    entry.accepted = accepted;
    entry.session = std::make_unique<ClientSession>(io_, destination_, std::move(settings), metrics_);
    auto* const session = entry.session.get();
    session->watch([this, session] { on_ready(watched_key(session)); },
                   [this, session](const Ending& ending) { on_ended(watched_key(session), ending); });
    session->start();
    return &entry;
}

/// A session's key changes once, when a login has brought its token.
std::string UserSessions::watched_key(const ClientSession* session) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [session](const auto& entry) {
        return entry.second.session.get() == session;
    });
    return found == entries_.end() ? std::string{} : found->first;
}

std::size_t UserSessions::count(bool accepted) const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [=](const auto& entry) {
        return entry.second.accepted == accepted;
    }));
}

/// For one more session that has been accepted.
bool UserSessions::make_room() {
    if (count(true) < settings_.max_sessions) {
        return true;
    }
    auto oldest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        const auto& [session, waiters, used, ready, accepted] = entry->second;
        const bool idle = accepted && ready && !session->busy();
        if (idle && (oldest == entries_.end() || used < oldest->second.used)) {
            oldest = entry;
        }
    }
    if (oldest == entries_.end()) {
        return false;
    }
    remove(oldest);
    return true;
}

void UserSessions::wait(Entry& entry, TimePoint deadline, OnSession done) {
    const auto id = next_waiter_++;
    entry.waiters.push_back(id);
    waiters_.emplace(id, std::move(done));
    deadlines_.add(deadline, id);
    arm();
}

void UserSessions::answer(std::vector<std::uint64_t> waiters, const gateway::Result<ClientSession*>& result) {
    for (const auto id : waiters) {
        auto waiter = waiters_.extract(id);
        if (!waiter.empty()) {
            waiter.mapped()(result);
        }
    }
}

// --- what becomes of sessions --------------------------------------------------------------------

void UserSessions::on_ready(const std::string& key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        return;
    }
    auto& entry = found->second;
    if (!entry.accepted && !make_room()) {
        auto waiters = std::exchange(entry.waiters, {});
        remove(found);
        answer(std::move(waiters), no_room());
        return;
    }
    entry.accepted = true;
    entry.ready = true;
    known_.remember(key, entry.session->session().facts().username);
    answer(std::exchange(entry.waiters, {}), entry.session.get());
}

void UserSessions::on_ended(const std::string& key, const Ending& ending) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        return;
    }
    auto waiters = std::exchange(found->second.waiters, {});
    remove(found);
    if (ending.kind == Ending::Kind::refused) {
        metrics_.count("happn_logins_refused");
        known_.forget(key);
        remember_refusal(key, ending.error);
    }
    answer(std::move(waiters), ending.error);
}

void UserSessions::keep_by_token(const std::string& key, const std::string& token_key) {
    known_.forget(key);  // it is of no token
    auto entry = entries_.extract(key);
    if (entry.empty()) {
        return;
    }
    if (entries_.contains(token_key)) {  // the mesh gave the same token again; that session serves as well
        bury(io_, std::move(entry.mapped().session));
        return;
    }
    entry.key() = token_key;
    known_.remember(token_key, entry.mapped().session->session().facts().username);
    entries_.insert(std::move(entry));
}

void UserSessions::discard(const gateway::Secret& token) {
    if (const auto found = entries_.find(hash_of(token)); found != entries_.end() && found->second.ready) {
        remove(found);
    }
}

void UserSessions::log_out(const gateway::Secret& token) {
    const auto key = hash_of(token);
    known_.forget(key);
    if (const auto found = entries_.find(key); found != entries_.end()) {
        remove(found);
    }
}

std::string UserSessions::user_of(const gateway::Secret& token) const {
    return known_.user_of(hash_of(token));
}

void UserSessions::remove(Entries::iterator entry) {
    auto session = std::move(entry->second.session);
    auto waiters = std::move(entry->second.waiters);
    entries_.erase(entry);
    if (closing_) {
        closing_(session.get());
    }
    bury(io_, std::move(session));
    answer(std::move(waiters), Error{Errc::unavailable, "the session was closed"});
}

void UserSessions::close_all() {
    while (!entries_.empty()) {
        remove(entries_.begin());
    }
    timer_.cancel();
}

const Error* UserSessions::recent_refusal(const std::string& key) {
    const auto now = Clock::now();
    std::erase_if(refusals_, [now](const auto& refusal) { return refusal.second.until <= now; });
    const auto found = refusals_.find(key);
    return found == refusals_.end() ? nullptr : &found->second.error;
}

void UserSessions::remember_refusal(const std::string& key, const Error& error) {
    if (refusals_.size() < max_refusals) {
        refusals_[key] = Refusal{error, Clock::now() + refusal_memory};
    }
}

// --- time ----------------------------------------------------------------------------------------

void UserSessions::arm() {
    const auto now = Clock::now();
    if (sweep_at_ <= now) {
        sweep_at_ = now + std::min(longest_sweep_interval, settings_.session_idle);
    }
    const auto due = deadlines_.next();
    timer_.expires_at(due ? std::min(*due, sweep_at_) : sweep_at_);
    timer_.async_wait([this, alive = alive_](boost::system::error_code error) {
        if (!error && *alive) {
            on_timer();
        }
    });
}

void UserSessions::on_timer() {
    const auto now = Clock::now();
    while (const auto id = deadlines_.take_due(now)) {
        answer({*id}, Error{Errc::timeout, "no session on the mesh in time"});
    }
    close_idle(now);
    if (!entries_.empty() || !waiters_.empty()) {
        arm();
    }
}

void UserSessions::close_idle(TimePoint now) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto current = entry++;
        const auto& [key, value] = *current;
        if (value.session->busy()) {
            current->second.used = now;
        } else if (value.ready && now - value.used > settings_.session_idle) {
            remove(current);
        }
    }
}

}  // namespace happn
