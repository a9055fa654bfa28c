#include "gateway/spool/spool.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/log.hpp"
#include "gateway/receipt.hpp"

namespace gateway::spool {
namespace {

constexpr char lane_separator = '\0';  // in no route's name
constexpr WallTime milliseconds_a_second = 1000;
constexpr Duration disk_pause = std::chrono::seconds{1};  // until what cannot be read is tried again

std::string lane_of(const Delivery& delivery) {
    return delivery.route + lane_separator + delivery.key;
}

std::string route_of_lane(const std::string& lane) {
    return lane.substr(0, lane.find(lane_separator));
}

std::optional<Captures> match(const Route& route, const std::string& address) {
    if (const auto* mqtt = std::get_if<MqttSource>(&route.source)) return mqtt->topic.match(address);
    if (const auto* happn = std::get_if<HappnSource>(&route.source)) return happn->path.match(address);
    return std::nullopt;
}

/// The reason is for people; empty: the route delivers it.
std::string why_not(const Route* route, const DeadLetter& letter) {
    const std::string name = "route '" + letter.delivery.route + "'";
    if (!letter.readable) return "what the spool holds of it is damaged";
    if (route == nullptr) return "there is no " + name + " now";
    if (!route->guarantee) return name + " is not at-least-once now";
    if (!match(*route, letter.message.address)) return name + " does not take its address now";
    return {};
}

/// What its order is by.
std::string key_of(const Route& route, const Message& message) {
    const auto captures = match(route, message.address);
    if (!route.guarantee->order || !captures) return message.address;
    Evaluation evaluation;
    evaluation.message = &message;
    evaluation.captures = &*captures;
    evaluation.route_name = route.name;
    const auto key = route.guarantee->order->evaluate(evaluation);
    return key.has_error() || key->absent() ? message.address : key->to_text();
}

WallTime expiry_of(const Route& route, const Message& message, WallTime arrived) {
    WallTime expires = 0;
    const auto by = [&](WallTime after) {
        expires = expires == 0 ? arrived + after : std::min(expires, arrived + after);
    };
    if (route.guarantee->ttl) by(std::chrono::duration_cast<Milliseconds>(*route.guarantee->ttl).count());
    const auto* mqtt = std::get_if<MqttProperties>(&message.properties);
    if (mqtt != nullptr && mqtt->expiry) by(WallTime{*mqtt->expiry} * milliseconds_a_second);
    return expires;
}

Retry retry_of(const Route* route) {
    return route != nullptr && route->guarantee ? route->guarantee->retry : Guarantee{}.retry;
}

/// What a later attempt may change.
bool is_passing(const Retry& retry, const Ending& ending, const std::optional<Error>& error) {
    if (ending.fate == Fate::dropped) return retry.network;
    return error && error->code != 0 && retry.covers(error->code);
}

std::string_view stage_of(const Ending& ending) {
    constexpr std::array<std::string_view, 3> of_decoding{"decode", "parameters", "bad_request"};
    constexpr std::array<std::string_view, 5> of_mapping{"capture", "absent", "reserved", "allow", "encode"};
    if (std::ranges::count(of_decoding, ending.reason) > 0) return "decode";
    if (std::ranges::count(of_mapping, ending.reason) > 0) return "map";
    return "target";
}

std::string in_words(const std::optional<Error>& error) {
    return error ? error->name + ": " + error->message : std::string{};
}

bool must_not_be_lost(const Message& message) {
    const auto* mqtt = std::get_if<MqttProperties>(&message.properties);
    return mqtt != nullptr && mqtt->qos > 0;
}

}  // namespace

Spool::Spool(boost::asio::io_context& shard, SpoolFile& file, Dispatcher& dispatcher, Metrics& metrics)
    : file_{file}, dispatcher_{dispatcher}, metrics_{metrics}, timer_{shard} {}

/// Notes whether the disk works.
template <typename T>
bool Spool::done(const Result<T>& result) {
    if (result.has_error() && result.error().errc == Errc::unavailable) {
        if (failing_.empty()) log::error("spool: {}", result.error().message);
        failing_ = result.error().message;
        metrics_.count("spool_failures");
    } else if (!failing_.empty() && !result.has_error() && file_.damage().empty()) {
        log::info("spool: the disk works again");
        failing_.clear();
    }
    return !result.has_error();
}

void Spool::recover() {
    const auto deliveries = file_.open_deliveries();
    if (done(deliveries)) {
        for (const Delivery& delivery : *deliveries) {
            metrics_.recovered(metrics_.route(delivery.route));
            add(delivery, nullptr);
        }
    }
    const auto unrouted = file_.unrouted();
    if (done(unrouted)) {
        for (const Id id : *unrouted) {
            auto message = file_.message(id);
            if (done(message)) dispatcher_.recover(*std::move(message), id);
        }
    }
    if (order_.size() > 0) log::info("spool: {} messages of an earlier run", order_.size());
    pump();
}

void Spool::look() {
    if (!failing_.empty()) done(file_.probe());
}

void Spool::connections_are_back() {
    order_.wake_all();
    pump();
}

// --- in ---------------------------------------------------------------------------------------------------

void Spool::take(Id kept, Message message, const std::vector<const Route*>& routes) {
    const WallTime arrived = wall_now();
    std::vector<Delivery> deliveries;
    for (const Route* route : routes) {
        metrics_.matched(metrics_.route(route->name), message.payload.bytes.size());
        Delivery delivery;
        delivery.route = route->name;
        delivery.key = key_of(*route, message);
        delivery.expires = expiry_of(*route, message, arrived);
        delivery.attempts = !stopped_ && order_.begins_at_once(lane_of(delivery)) ? 1 : 0;
        deliveries.push_back(std::move(delivery));
    }
    if (kept == 0) {
        const auto id = file_.keep(message, arrived);
        if (!done(id)) return keep_in_memory(std::move(message), std::move(deliveries), id.error());
        kept = *id;
    }
    const auto ids = file_.route(kept, deliveries);
    if (!done(ids)) return keep_in_memory(std::move(message), std::move(deliveries), ids.error());
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
        deliveries[i].id = (*ids)[i];
        add(deliveries[i], message.receipt);
        if (deliveries[i].attempts > 0)
            counted_.emplace(deliveries[i].id, Attempt{deliveries[i], message, arrived});
    }
    pump();
}

void Spool::add(const Delivery& delivery, const std::shared_ptr<Receipt>& receipt) {
    if (receipt) {
        receipt->share();
        receipts_.emplace(delivery.id, receipt);
    }
    ++pending_[delivery.route];
    order_.add(delivery.id, lane_of(delivery));
}

/// The sender has been told that it is here, or will never ask.
void Spool::keep_in_memory(Message message, std::vector<Delivery> deliveries, const Error& why) {
    for (Delivery& delivery : deliveries) {
        if (why.errc == Errc::overloaded && !must_not_be_lost(message)) {
            metrics_.ended(metrics_.route(delivery.route), Fate::dropped, "spool_full", Duration::zero());
            if (message.receipt) message.receipt->fail();
            continue;
        }
        delivery.id = --last_unkept_;
        delivery.attempts = 0;
        add(delivery, message.receipt);
        unkept_.emplace(delivery.id, Attempt{delivery, message, wall_now()});
    }
    pump();
}

// --- attempts ---------------------------------------------------------------------------------------------

void Spool::pump() {
    if (pumping_) return;
    pumping_ = true;
    while (!stopped_) {
        const auto id = order_.next(Clock::now());
        if (!id) break;
        attempt(*id);
    }
    pumping_ = false;
    schedule();
}

void Spool::schedule() {
    const auto due = order_.next_due();
    if (!due || stopped_) return;
    timer_.expires_at(*due);
    timer_.async_wait([this, alive = std::weak_ptr<int>{alive_}](const boost::system::error_code& error) {
        if (!error && !alive.expired()) pump();
    });
}

Result<Attempt> Spool::begin(Id id) {
    if (auto counted = counted_.extract(id)) return std::move(counted.mapped());
    if (id > 0) return file_.begin_attempt(id);
    Attempt& unkept = unkept_.at(id);
    ++unkept.delivery.attempts;
    return unkept;
}

void Spool::attempt(Id id) {
    const auto [place, is_first] = trials_.try_emplace(id);
    if (is_first) place->second.route = route_of_lane(order_.lane_of(id));
    auto begun = begin(id);
    if (done(begun)) return run(id, *std::move(begun));
    if (begun.error().errc == Errc::unavailable) return order_.retry(id, Clock::now() + disk_pause);
    give_up(id, "spool", "unreadable", begun.error().message);
}

void Spool::run(Id id, Attempt attempt) {
    Trial& trial = trials_.at(id);
    trial.arrived = attempt.arrived;
    trial.attempts = attempt.delivery.attempts;
    const auto& expires = attempt.delivery.expires;
    if (expires != 0 && wall_now() >= expires) return give_up(id, "wait", "expired", "not delivered in time");
    const Route* route = route_of(trial.route);
    auto captures = route != nullptr ? match(*route, attempt.message.address) : std::nullopt;
    if (!captures) return give_up(id, "route", "no_route", "no route of that name takes it any more");
    if (trial.attempts > retry_of(route).max + 1)
        return give_up(id, "attempt", "attempts", "the gateway ended during the last attempt");
    dispatcher_.attempt(*route, *std::move(captures), std::move(attempt.message), id);
}

std::string Spool::name_of(Id id) const {
    return id > 0 ? file_.identity() + '-' + std::to_string(id)
                  : unkept_identity_ + '-' + std::to_string(-id);
}

void Spool::on_attempt_ended(Id id, const Ending& ending, const std::optional<Error>& error) {
    if (stopped_ && ending.reason == "cancelled") return;  // the next run tries again
    const Retry retry = retry_of(route_of(trials_.at(id).route));
    const bool is_over =
        ending.fate == Fate::delivered || ending.fate == Fate::filtered || ending.reason == "hops";
    if (is_over) {
        forget(id);
        end(id, ending.fate, ending.reason);
    } else if (is_passing(retry, ending, error)) {
        try_again(id, retry, ending, error);
    } else {
        give_up(id, stage_of(ending), ending.reason, in_words(error));
    }
    pump();
}

/// Where nobody was there to try with, that was no attempt.
void Spool::try_again(Id id, const Retry& retry, const Ending& ending, const std::optional<Error>& error) {
    Trial& trial = trials_.at(id);
    const bool nobody_there = ending.reason == "unavailable";
    if (nobody_there) {
        if (id > 0)
            done(file_.take_back_attempt(id));
        else
            --unkept_.at(id).delivery.attempts;
    } else if (trial.attempts > retry.max) {
        return give_up(id, stage_of(ending), "attempts", in_words(error));
    }
    metrics_.count("spool_retries");
    const double chance = std::uniform_real_distribution<double>{0, 1}(random_);
    order_.retry(id, Clock::now() + retry.wait(++trial.failures, chance));
}

Result<void> Spool::replay(Id id) {
    if (stopped_) return Error{Errc::cancelled, "the gateway is stopping"};
    const auto letter = file_.dead_letter(id, std::string::npos);
    if (!done(letter)) return letter.error();
    const Route* route = route_of(letter->delivery.route);
    if (auto why = why_not(route, *letter); !why.empty()) return Error{Errc::refused, std::move(why)};
    const auto& ttl = route->guarantee->ttl;
    const WallTime expires = ttl ? wall_now() + std::chrono::duration_cast<Milliseconds>(*ttl).count() : 0;
    const auto revived = file_.revive(id, key_of(*route, letter->message), expires);
    if (!done(revived)) return revived.error();
    metrics_.count("dead_letters_replayed");
    metrics_.recovered(metrics_.route(route->name));
    add(*revived, nullptr);
    pump();
    return {};
}

// --- out --------------------------------------------------------------------------------------------------

void Spool::forget(Id id) {
    if (id > 0) {
        done(file_.finish(id));
    } else {
        unkept_.erase(id);
    }
}

void Spool::give_up(Id id, std::string_view stage, std::string_view reason, const std::string& cause) {
    log::warn("route {}: a message is given up ({}): {}", trials_.at(id).route, reason, cause);
    if (id > 0 && done(file_.bury(id, stage, cause, wall_now()))) return end(id, Fate::dead, reason);
    unkept_.erase(id);
    end(id, Fate::dropped, reason);
}

void Spool::end(Id id, Fate fate, std::string_view reason) {
    const auto found = trials_.find(id);
    const Trial trial = std::move(found->second);
    trials_.erase(found);
    const auto waited =
        Milliseconds{trial.arrived == 0 ? 0 : std::max<WallTime>(0, wall_now() - trial.arrived)};
    metrics_.ended(metrics_.route(trial.route), fate, reason, waited);
    const auto pending = pending_.find(trial.route);
    if (--pending->second == 0) pending_.erase(pending);
    order_.finish(id);
    if (const auto receipt = receipts_.extract(id)) receipt.mapped()->end(fate);
}

const Route* Spool::route_of(std::string_view name) const {
    return dispatcher_.router().table()->find(name);
}

}  // namespace gateway::spool
