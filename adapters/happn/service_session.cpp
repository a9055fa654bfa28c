#include "adapters/happn/service_session.hpp"

#include <utility>

#include "adapters/happn/paths.hpp"
#include "gateway/log.hpp"

namespace happn {

namespace log = gateway::log;
using gateway::Clock;
using gateway::Duration;

namespace {

SessionSettings session_settings(const gateway::MeshSettings& mesh) {
    SessionSettings settings;
    settings.username = mesh.username;
    settings.password = mesh.password;
    settings.token = mesh.token;
    settings.ping_interval = mesh.keep_alive;
    settings.pong_timeout = mesh.keep_alive_timeout;
    return settings;
}

}  // namespace

ServiceSession::ServiceSession(boost::asio::io_context& io,
                               const gateway::MeshSettings& settings,
                               gateway::Metrics& metrics)
    : settings_{settings},
      destinations_{destinations_of(settings)},
      session_{io, destinations_.front(), session_settings(settings), metrics},
      reader_{[this](const SessionFsm::Ask& ask, gateway::TimePoint deadline, SessionFsm::OnAnswer done) {
                  session_.ask(ask, deadline, std::move(done));
              },
              settings.call_timeout},
      reconnect_{io},
      read_again_{io},
      backoff_{settings.reconnect_min, settings.reconnect_max, settings.urls.size()},
      random_{std::random_device{}()} {}

ServiceSession::~ServiceSession() {
    *alive_ = false;
}

void ServiceSession::watch(std::function<void()> joined, std::function<void()> lost) {
    joined_ = std::move(joined);
    lost_ = std::move(lost);
    session_.watch([this] { on_ready(); }, [this](const Ending& ending) { on_ended(ending); });
    ChannelListeners::Listener description;
    description.on_publication = [this](const Publication& publication) { reader_.take(publication.data); };
    session_.listeners().listen(make_channel(ChannelWord::all, schema_description), std::move(description));
}

void ServiceSession::start() {
    session_.start();
}

void ServiceSession::stop() {
    stopped_ = true;
    reconnect_.cancel();
    read_again_.cancel();
    reader_.on_closed();
    session_.stop();
}

void ServiceSession::on_ready() {
    reconnects_ += ever_ready_ ? 1 : 0;
    ever_ready_ = true;
    was_up_ = true;
    backoff_.joined();
    last_trouble_.clear();
    const auto& who = facts().username;
    log::info("mesh {}: joined {} at {} as {} ({})",
              settings_.name,
              facts().node_name,
              session_.destination().url(),
              who.empty() ? "anonymous" : who,
              facts().protocol);
    reader_.on_ready(Clock::now());
    arm_reader();
    joined_();
}

void ServiceSession::on_ended(const Ending& ending) {
    if (stopped_) {
        return;
    }
    last_trouble_ = ending.error.message;
    lost_();
    reader_.on_closed();
    read_again_.cancel();
    const double chance = std::uniform_real_distribution<double>{0, 1}(random_);
    const auto pause = backoff_.pause_after(ending.kind, chance);
    log_ending(ending, pause);
    was_up_ = false;
    at_ = (at_ + 1) % destinations_.size();
    session_.go_to(destinations_[at_]);
    reconnect_.expires_after(pause);
    reconnect_.async_wait([this, alive = alive_](boost::system::error_code error) {
        if (!error && *alive && !stopped_) {
            session_.start();
        }
    });
}

void ServiceSession::log_ending(const Ending& ending, Duration pause) const {
    const auto ms = std::chrono::duration_cast<gateway::Milliseconds>(pause).count();
    constexpr std::string_view line = "mesh {}: {}; next try in {} ms";
    if (ending.kind == Ending::Kind::refused) {
        log::error(line, settings_.name, last_trouble_, ms);
    } else if (was_up_ || backoff_.lost_in_a_row() == 1 || ending.kind == Ending::Kind::dismissed) {
        log::warn(line, settings_.name, last_trouble_, ms);
    } else {
        log::debug(line, settings_.name, last_trouble_, ms);
    }
}

/// Looks after the reader at a steady pace until it has what it wants: an answer makes its next try earlier.
void ServiceSession::arm_reader() {
    if (!reader_.next_deadline()) {
        return;
    }
    read_again_.expires_after(DescriptionReader::pause);
    read_again_.async_wait([this, alive = alive_](boost::system::error_code error) {
        if (!error && *alive && !stopped_) {
            reader_.on_tick(Clock::now());
            arm_reader();
        }
    });
}

std::string ServiceSession::domain() const {
    return description() ? description()->domain : facts().node_name;
}

std::string ServiceSession::trouble() const {
    if (!ready()) {
        std::string trouble{state_name(session_.session().state())};
        return last_trouble_.empty() ? trouble : trouble + ": " + last_trouble_;
    }
    return reader_.missing();
}

}  // namespace happn
