#include "adapters/happn/service_session.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/paths.hpp"
#include "gateway/log.hpp"

namespace happn {

namespace log = gateway::log;
using gateway::Clock;
using gateway::Duration;

namespace {

constexpr auto refused_pause = std::chrono::seconds{5};  // the first; doubles with each further refusal
constexpr auto longest_refused_pause = std::chrono::minutes{2};
// A JavaScript client told primus::server::close never comes back. A gateway has nobody to restart it: it
// comes back late.
constexpr auto dismissed_pause = std::chrono::seconds{30};

SessionSettings session_settings(const gateway::MeshSettings& mesh) {
    SessionSettings settings;
    settings.username = mesh.username;
    settings.password = mesh.password;
    settings.token = mesh.token;
    return settings;
}

Duration backoff(Duration first, Duration longest, unsigned failures) {
    auto pause = first;
    for (unsigned i = 0; i < failures && pause < longest; ++i) {
        pause *= 2;
    }
    return std::min(pause, longest);
}

}  // namespace

ServiceSession::ServiceSession(boost::asio::io_context& io,
                               const gateway::MeshSettings& settings,
                               gateway::Metrics& metrics)
    : settings_{settings},
      session_{io, settings.endpoint, session_settings(settings), metrics},
      reconnect_{io},
      random_{std::random_device{}()} {}

ServiceSession::~ServiceSession() {
    *alive_ = false;
}

void ServiceSession::watch(std::function<void()> joined, SessionFsm::OnPublication description) {
    joined_ = std::move(joined);
    session_.watch([this] { on_ready(); }, [this](const Ending& ending) { on_ended(ending); });
    SessionFsm::Subscribe subscription;
    subscription.channel = make_channel(ChannelWord::all, schema_description);
    session_.session().subscribe(
        std::move(subscription),
        [this, description = std::move(description)](const Publication& publication) {
            take_description(publication.data);
            description(publication);
        },
        {});
}

void ServiceSession::start() {
    session_.start();
}

void ServiceSession::stop() {
    stopped_ = true;
    reconnect_.cancel();
    session_.stop();
}

void ServiceSession::on_ready() {
    reconnects_ += ever_ready_ ? 1 : 0;
    ever_ready_ = true;
    was_up_ = true;
    lost_in_a_row_ = 0;
    refused_in_a_row_ = 0;
    last_trouble_.clear();
    const auto& who = facts().username;
    log::info("mesh {}: joined {} as {} ({})",
              settings_.name,
              facts().node_name,
              who.empty() ? "anonymous" : who,
              facts().protocol);
    fetch_description();
    joined_();
}

void ServiceSession::on_ended(const Ending& ending) {
    if (stopped_) {
        return;
    }
    last_trouble_ = ending.error.message;
    described_ = false;
    const auto pause = pause_after(ending);
    log_ending(ending, pause);
    was_up_ = false;
    reconnect_.expires_after(pause);
    reconnect_.async_wait([this, alive = alive_](boost::system::error_code error) {
        if (!error && *alive && !stopped_) {
            session_.start();
        }
    });
}

Duration ServiceSession::pause_after(const Ending& ending) {
    Duration pause{};
    switch (ending.kind) {
        case Ending::Kind::dismissed:
            pause = dismissed_pause;
            break;
        case Ending::Kind::refused:
            pause = backoff(refused_pause, longest_refused_pause, refused_in_a_row_++);
            break;
        case Ending::Kind::lost:
            pause = backoff(settings_.reconnect_min, settings_.reconnect_max, lost_in_a_row_++);
            break;
    }
    // Up to a quarter more, so that the clients of a mesh that comes back do not come all at once.
    return pause + Duration{std::uniform_int_distribution<Duration::rep>{0, pause.count() / 4}(random_)};
}

void ServiceSession::log_ending(const Ending& ending, Duration pause) const {
    const auto ms = std::chrono::duration_cast<gateway::Milliseconds>(pause).count();
    constexpr std::string_view line = "mesh {}: {}; next try in {} ms";
    if (ending.kind == Ending::Kind::refused) {
        log::error(line, settings_.name, last_trouble_, ms);
    } else if (was_up_ || lost_in_a_row_ == 1 || ending.kind == Ending::Kind::dismissed) {
        log::warn(line, settings_.name, last_trouble_, ms);
    } else {
        log::debug(line, settings_.name, last_trouble_, ms);
    }
}

void ServiceSession::fetch_description() {
    SessionFsm::Ask get;
    get.action = "get";
    get.path = schema_description;
    get.data = "null";
    get.options = "{}";
    session_.ask(get, Clock::now() + settings_.call_timeout, [this](const SessionFsm::Answer& answer) {
        if (answer) {
            take_description((*answer)->data);
        } else {
            log::warn("mesh {}: no description: {}", settings_.name, answer.error().message);
        }
        described_ = answer || answer.error().errc != gateway::Errc::unavailable;
    });
}

void ServiceSession::take_description(std::string_view data) {
    if (auto description = read_description(data)) {
        description_ = std::move(description);
    }
}

std::string ServiceSession::domain() const {
    return description_ ? description_->domain : facts().node_name;
}

std::string ServiceSession::trouble() const {
    if (!ready()) {
        std::string trouble{state_name(session_.session().state())};
        return last_trouble_.empty() ? trouble : trouble + ": " + last_trouble_;
    }
    return described_ ? "" : "waiting for the mesh's description";
}

}  // namespace happn
