#include "gateway/sync/pair.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "gateway/sync/digest.hpp"
#include "gateway/sync/keys.hpp"

namespace gateway::sync {
namespace {

bool is_unmarked(const Message& message) {
    const auto* mqtt = std::get_if<MqttProperties>(&message.properties);
    return mqtt != nullptr && mqtt->unmarked;
}

End end_of(const Route& half) {
    return half.from_b ? End::b : End::a;
}

}  // namespace

void Pair::bind(std::shared_ptr<const RoutingTable> table, const Route& a_to_b, const Route& b_to_a) {
    abandon();
    table_ = std::move(table);
    a_to_b_ = &a_to_b;
    b_to_a_ = &b_to_a;
}

bool Pair::is_made_of(const Route& a_to_b, const Route& b_to_a) const {
    return a_to_b_->definition == a_to_b.definition && b_to_a_->definition == b_to_a.definition;
}

ConnectionName Pair::connection(End end) const {
    const SourceRule& source = half(end).source;
    if (const auto* mqtt = std::get_if<MqttSource>(&source))
        return {ConnectionName::Kind::broker, mqtt->broker};
    return {ConnectionName::Kind::mesh, std::get<HappnSource>(source).mesh};
}

/// A mesh's values are read only where a comparison will ask for them.
Digest Pair::digest_at(End end, const Payload& payload, bool removed) const {
    if (removed) return no_value;
    if (std::holds_alternative<MqttSource>(half(end).source)) return digest_of_bytes(payload);
    return a_to_b_->resync ? digest_of_value(payload) : some_value;
}

// --- messages

std::optional<Carry> Pair::arrive(const Route& half, const Captures& captures, const Message& message) {
    Carry carry;
    carry.pair = shared_from_this();
    carry.from = end_of(half);
    carry.key = key_of(half, captures);
    carry.is_remove = message.action == Action::remove;
    const Digest value = digest_at(carry.from, message.payload, carry.is_remove);
    Known& known = known_.touch(carry.key);
    const bool both_have_it = known.at(carry.from) == value && known.at(other(carry.from)).has_value();
    const bool knows = !a_to_b_->resync || !due_ || given_up_;
    if (knows && both_have_it && is_unmarked(message)) return std::nullopt;
    touch(carry.key);
    carry.before = known;
    ++known.under_way;
    known.at(carry.from) = value;
    carry.now = known;
    return carry;
}

/// What a message has changed while a comparison is made is left to the message.
void Pair::touch(const std::string& key) {
    if (!snapshot_ || starting_ == key) return;
    snapshot_->touch(key);
    if (under_way_.contains(key)) again_ = true;
}

void Pair::sent(Carry& carry, const Output& output) {
    Known& known = known_.touch(carry.key);
    known.at(other(carry.from)) =
        digest_at(other(carry.from), output.payload, output.action == Action::remove);
    carry.now = known;
}

/// What was known before holds again if nothing else has happened there since.
void Pair::ended(const Carry& carry, bool delivered) {
    Known& known = known_.touch(carry.key);
    const int others = --known.under_way;
    if (delivered) {
        known.removed_at.reset();
    } else if (others == 0 && known.a == carry.now.a && known.b == carry.now.b) {
        known.a = carry.before.a;
        known.b = carry.before.b;
        if (carry.is_remove) known.removed_at = carry.from;
    } else {
        known.a.reset();
        known.b.reset();
    }
    known_.settle(carry.key);
}

// --- a gap

void Pair::lost() {
    abandon();
    due_ = true;
    given_up_ = false;
    if (!a_to_b_->resync) known_.forget_values();
}

void Pair::abandon() {
    ++round_;
    snapshot_.reset();
    plan_.clear();
    under_way_.clear();
    again_ = false;
}

void Pair::stop() {
    abandon();
    due_ = false;
}

void Pair::start() {
    if (!a_to_b_->resync || !due_ || snapshot_) return;
    snapshot_.emplace(max_values_);
    known_.for_each([this](const std::string& key, const Known& known) {
        if (known.under_way > 0) snapshot_->touch(key);
    });
    unread_ = 2;
    for (const End end : {End::a, End::b}) {
        const auto in_this_round = [pair = weak_from_this(), round = round_](const auto& act) {
            const auto self = pair.lock();
            if (self && self->round_ == round) act(*self);
        };
        host_.bring_kept(half(end),
                         {[in_this_round, end](Message message) {
                              in_this_round([&](Pair& self) { self.on_kept(end, std::move(message)); });
                          },
                          [in_this_round](const std::optional<Error>& error) {
                              in_this_round([&](Pair& self) { self.on_read(error); });
                          }});
    }
}

void Pair::on_kept(End end, Message message) {
    const Route& from = half(end);
    auto captures = captures_of(from, message.address);
    if (!captures) return;
    const std::string key = key_of(from, *captures);
    message.origin = {};  // whoever sent it: it is what this end holds
    snapshot_->add(end, key, {*std::move(captures), std::move(message)});
}

void Pair::on_read(const std::optional<Error>& error) {
    if (error) return give_up(error->message);
    if (--unread_ == 0) judge();
}

void Pair::judge() {
    if (snapshot_->overflowed()) return give_up("there is more than limits.sync_values");
    for (auto& [key, pair] : snapshot_->pairs()) {
        if (snapshot_->touched(key)) continue;
        const Verdict verdict = verdict_on(findings_on(key, pair), *a_to_b_->resync);
        if (verdict.kind == Verdict::Kind::undecided) host_.count("sync_undecided", 1);
        plan(key, pair, verdict);
    }
    host_.count("sync_compared", snapshot_->pairs().size());
    snapshot_->pairs().clear();
    carry_on();
}

Findings Pair::findings_on(const std::string& key, Snapshot::Pair& pair) {
    Findings findings;
    findings.at_a = pair.a.has_value();
    findings.at_b = pair.b.has_value();
    findings.a_is_empty = snapshot_->is_empty(End::a);
    findings.b_is_empty = snapshot_->is_empty(End::b);
    const Known* known = known_.find(key);
    const auto digest_of = [&](End end) {
        const auto& held = pair.at(end);
        return held ? digest_at(end, held->message.payload, false) : no_value;
    };
    const Digest a = digest_of(End::a), b = digest_of(End::b);
    if (!findings.at_a || !findings.at_b) {
        const End present = findings.at_a ? End::a : End::b;
        const bool as_before = known != nullptr && known->at(present) == (present == End::a ? a : b);
        if (as_before) findings.removed_at = known->removed_at;
        return findings;
    }
    const auto from_a = host_.render(*a_to_b_, pair.a->captures, pair.a->message);
    const auto from_b = host_.render(*b_to_a_, pair.b->captures, pair.b->message);
    const auto gives = [&](const Rendered& rendered, End end, Digest there) {
        return rendered.output && digest_at(end, rendered.output->payload, false) == there;
    };
    findings.same = gives(from_a, End::b, b) || gives(from_b, End::a, a);
    findings.newer =
        a_to_b_->resync->newest_by ? newer_of(from_a.newest, from_b.newest) : newer_by_memory(known, a, b);
    if (!findings.same) return findings;
    Known& both = known_.touch(key);
    both.a = a;
    both.b = b;
    return findings;
}

/// Who holds something else than before the gap has changed later than who does not.
std::optional<End> Pair::newer_by_memory(const Known* known, Digest a, Digest b) const {
    if (known == nullptr || !known->a || !known->b) return std::nullopt;
    const bool a_changed = *known->a != a, b_changed = *known->b != b;
    if (a_changed == b_changed) return std::nullopt;
    return a_changed ? End::a : End::b;
}

void Pair::plan(const std::string& key, Snapshot::Pair& pair, const Verdict& verdict) {
    auto& held = pair.at(verdict.from);
    if (verdict.kind == Verdict::Kind::carry)
        plan_.push_back({key, verdict.from, std::move(held->captures), std::move(held->message)});
    if (verdict.kind != Verdict::Kind::remove) return;
    if (auto step = removal(key, *pair.at(other(verdict.from)), verdict.from))
        plan_.push_back(*std::move(step));
}

/// The remove that `from` would have brought. Its address there is where the value of the other end belongs.
std::optional<Pair::Step> Pair::removal(const std::string& key, const Held& held, End from) {
    Message message = held.message;
    message.action = Action::remove;
    message.payload = {};
    const auto back = host_.render(half(other(from)), held.captures, message);
    if (!back.output) return std::nullopt;
    message.connection = connection(from).name;
    message.address = back.output->address;
    message.properties = std::holds_alternative<MqttSource>(half(from).source)
                             ? Properties{MqttProperties{.retain = true}}
                             : Properties{HappnProperties{}};
    return Step{key, from, captures_as(half(from), half(other(from)), held.captures), std::move(message)};
}

void Pair::carry_on() {
    const auto round = round_;
    while (round == round_ && !plan_.empty() && under_way_.size() < most_at_once) {
        Step step = std::move(plan_.front());
        plan_.pop_front();
        if (snapshot_->touched(step.key)) continue;
        under_way_.insert(step.key);
        host_.count("sync_carried", 1);
        starting_ = step.key;
        host_.carry(half(step.from),
                    std::move(step.captures),
                    std::move(step.message),
                    [pair = weak_from_this(), round, key = step.key] {
                        const auto self = pair.lock();
                        if (!self || self->round_ != round) return;
                        self->under_way_.erase(key);
                        if (!self->starting_) self->carry_on();
                    });
        starting_.reset();
    }
    if (round == round_ && plan_.empty() && under_way_.empty()) finish();
}

void Pair::finish() {
    due_ = again_;
    abandon();
    start();
}

/// The next time that an end comes back is the next chance. What was known is too old by then.
void Pair::give_up(const std::string& why) {
    abandon();
    given_up_ = true;
    known_.forget_values();
    host_.count("sync_given_up", 1);
    host_.say("two-way route " + *a_to_b_->sync_pair + ": its ends were not compared: " + why);
}

}  // namespace gateway::sync
