#include "adapters/happn/client_session.hpp"

#include <algorithm>

namespace happn {

using gateway::Clock;
using gateway::Errc;
using gateway::Error;

namespace {

constexpr std::size_t max_backlog = 16u * 1024 * 1024;  // bytes to a mesh that does not read

}  // namespace

ClientSession::ClientSession(boost::asio::io_context& io,
                             Destination destination,
                             SessionSettings settings,
                             gateway::Metrics& metrics)
    : destination_{std::move(destination)},
      metrics_{metrics},
      session_{std::move(settings), *this},
      exchange_{session_, *this},
      connection_{io, *this} {}

void ClientSession::watch(std::function<void()> ready, std::function<void(const Ending&)> ended) {
    ready_ = std::move(ready);
    ended_ = std::move(ended);
}

void ClientSession::start() {
    connection_.open(destination_);
}

void ClientSession::stop() {
    ready_ = {};
    ended_ = {};
    session_.disconnect(Clock::now());  // leaves before the socket is closed
    connection_.close();
    connection_.wake_at(std::nullopt);
    exchange_.on_closed("stopped");
    session_.on_closed("stopped");
}

bool ClientSession::overloaded() const {
    return connection_.backlog() > max_backlog;
}

void ClientSession::call(ExchangeCall call, gateway::TimePoint deadline, Exchange::OnOutcome done) {
    if (overloaded()) {
        done(gateway::Outcome{Error{Errc::overloaded, "the mesh does not keep up"}});
        return;
    }
    exchange_.call(std::move(call), deadline, std::move(done));
    arm();
}

void ClientSession::ask(const SessionFsm::Ask& ask, gateway::TimePoint deadline, SessionFsm::OnAnswer done) {
    if (overloaded()) {
        done(SessionFsm::Answer{Error{Errc::overloaded, "the mesh does not keep up"}});
        return;
    }
    session_.ask(ask, deadline, std::move(done));
}

void ClientSession::ask_acknowledged(const SessionFsm::Ask& ask,
                                     gateway::TimePoint deadline,
                                     SessionFsm::OnAnswer accepted,
                                     SessionFsm::OnAcknowledged acknowledged) {
    if (overloaded()) {
        accepted(SessionFsm::Answer{Error{Errc::overloaded, "the mesh does not keep up"}});
        return;
    }
    session_.ask_acknowledged(ask, deadline, std::move(accepted), std::move(acknowledged));
}

void ClientSession::arm() {
    auto next = session_.next_deadline();
    if (const auto due = exchange_.next_deadline()) {
        next = next ? std::min(*next, *due) : *due;
    }
    connection_.wake_at(next);
}

void ClientSession::send(std::string frame) {
    connection_.send(frame);
    arm();
}

void ClientSession::drop() {
    connection_.close();
}

void ClientSession::on_ready() {
    store_ = session_.facts().modern() ? query::Store::loki : query::Store::nedb;
    if (const auto ready = ready_) {  // a copy: it may stop this session
        ready();
    }
}

void ClientSession::count(std::string_view name) {
    metrics_.count(name);
}

void ClientSession::on_open() {
    session_.on_open(Clock::now());
    arm();
}

void ClientSession::on_text(std::string_view text) {
    session_.on_text(text, Clock::now());
    arm();
}

void ClientSession::on_timer() {
    const auto now = Clock::now();
    exchange_.on_tick(now);
    session_.on_tick(now);
    arm();
}

void ClientSession::on_closed(std::string_view why) {
    connection_.wake_at(std::nullopt);
    exchange_.on_closed(session_.ending().error.message.empty() ? why : session_.ending().error.message);
    session_.on_closed(why);
    if (const auto ended = ended_) {
        const auto ending = session_.ending();
        ended(ending);
    }
}

}  // namespace happn
