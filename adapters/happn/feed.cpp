#include "adapters/happn/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "adapters/happn/frame.hpp"
#include "adapters/happn/json_scan.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/ports.hpp"
#include "gateway/route.hpp"

namespace happn {

namespace {

/// FNV-1a, 32 bits: it only has to tell the paths of one millisecond apart.
std::string hash_of(std::string_view path) {
    std::uint32_t hash = 2166136261U;
    for (const char character : path) {
        hash = (hash ^ static_cast<unsigned char>(character)) * 16777619U;
    }
    return fmt::format("{:08x}", hash);
}

std::uint64_t time_of(const FeedItem& item) {
    return as_unsigned(item.modified).value_or(0);
}

std::size_t size_of(const FeedItem& item) {
    return sizeof item + item.path.size() + item.data.size();
}

}  // namespace

Feed::Feed(Wish wish, Emit emit)
    : pattern_{std::move(wish.pattern)},
      sets_{wish.sets},
      removes_{wish.removes},
      initial_{wish.initial},
      with_meta_{wish.with_meta},
      resume_after_{parse_mark(wish.resume_after)},
      emit_{std::move(emit)} {}

std::optional<Feed::Mark> Feed::parse_mark(std::string_view text) {
    Mark mark;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mark.modified);
    const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc{} || !rest.starts_with('-')) {
        return std::nullopt;
    }
    mark.path_hash = rest.substr(1);
    return mark;
}

/// Nothing can be resumed from a remove: it is not stored.
std::optional<Feed::Mark> Feed::mark_of(const FeedItem& item) {
    const auto modified = as_unsigned(item.modified);
    if (!modified || item.removed) {
        return std::nullopt;
    }
    return Mark{*modified, hash_of(item.path)};
}

bool Feed::on_stored(std::vector<FeedItem> items) {
    holding_ = false;
    std::ranges::stable_sort(items, {}, time_of);
    std::unordered_map<std::string, std::uint64_t> stored;
    for (const FeedItem& item : items) {
        stored[item.path] = time_of(item);
    }
    std::erase_if(items, [this](const FeedItem& item) {
        return !sets_ || has_passed(item) || !pattern_->match(item.path);
    });
    if (!keep_for_the_reader(std::move(items))) {
        return false;
    }
    if (!last_) {  // nothing newer has come yet: a loss goes back to there
        last_ = resume_after_;
    }
    resume_after_.reset();
    initial_ = false;
    emit_held(stored);
    return true;
}

bool Feed::keep_for_the_reader(std::vector<FeedItem> items) {
    if (items.empty()) {
        return true;
    }
    for (const FeedItem& item : items) {
        stored_bytes_ += size_of(item);
        remember_mark(item);
    }
    if (stored_bytes_ > max_stored_bytes) {
        return false;
    }
    stored_.emplace_back(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    emit_.stored();
    return true;
}

/// What was published while the stored values were fetched, unless they have it already.
void Feed::emit_held(const std::unordered_map<std::string, std::uint64_t>& stored) {
    for (FeedItem& item : std::exchange(held_, {})) {
        const auto known = stored.find(item.path);
        const auto modified = as_unsigned(item.modified);
        const bool older = known != stored.end() && modified && *modified <= known->second;
        if (!older) {
            pass(std::move(item));
        }
    }
}

std::optional<gateway::StreamItem> Feed::next_stored() {
    if (stored_.empty()) {
        return std::nullopt;
    }
    auto& batch = stored_.front();
    if (batch.empty()) {
        stored_.pop_front();
        return std::nullopt;
    }
    FeedItem item = std::move(batch.front());
    batch.pop_front();
    stored_bytes_ -= size_of(item);
    return stream_item(std::move(item));
}

bool Feed::has_passed(const FeedItem& item) const {
    const auto modified = as_unsigned(item.modified);
    if (!resume_after_ || !modified) {
        return false;
    }
    return *modified < resume_after_->modified ||
           (*modified == resume_after_->modified && hash_of(item.path) == resume_after_->path_hash);
}

bool Feed::on_publication(FeedItem item) {
    if (!(item.removed ? removes_ : sets_)) {
        return true;
    }
    if (!holding_) {
        pass(std::move(item));
        return true;
    }
    if (held_.size() >= max_held) {
        return false;
    }
    held_.push_back(std::move(item));
    return true;
}

void Feed::pass(FeedItem item) {
    if (!pattern_->match(item.path)) {
        return;
    }
    remember_mark(item);
    emit_.item(stream_item(std::move(item)));
}

void Feed::remember_mark(const FeedItem& item) {
    if (auto mark = mark_of(item)) {
        last_ = std::move(mark);
    }
}

gateway::StreamItem Feed::stream_item(FeedItem item) const {
    gateway::StreamItem out;
    out.payload = payload_of(item);
    out.action = item.removed ? gateway::Action::remove : gateway::Action::set;
    if (const auto mark = mark_of(item)) {
        out.mark = fmt::format("{}-{}", mark->modified, mark->path_hash);
    }
    out.address = std::move(item.path);
    return out;
}

gateway::Payload Feed::payload_of(const FeedItem& item) const {
    if (!with_meta_) {
        return unwrapped(item.data);
    }
    std::string meta;
    ObjectWriter{meta}
        .text("path", item.path)
        .optional_raw("created", item.created)
        .optional_raw("modified", item.modified)
        .text("action", item.removed ? "remove" : "set")
        .end();
    std::string out;
    ObjectWriter writer{out};
    scan::members(item.data, [&writer](std::string_view key, std::string_view value) {
        if (key != R"("_meta")") {  // as the items of a get have it
            writer.raw(text_of(key), value);
        }
    });
    writer.raw("_meta", meta).end();
    return gateway::Payload{gateway::Bytes{std::move(out)}, gateway::Encoding::json, "application/json"};
}

void Feed::lost() {
    holding_ = false;
    held_.clear();
    if (last_) {
        resume_after_ = last_;
    }
}

gateway::Error stored_is_too_much() {
    return {gateway::Errc::overloaded, "more is stored than one stream can bring"};
}

Feed::Wish feed_wish(const gateway::StreamTarget& rule, const gateway::Output& output) {
    Feed::Wish wish;
    wish.pattern = output.pattern;
    const auto& from = std::get<gateway::HappnStream>(rule.from);
    wish.sets = from.sets;
    wish.removes = from.removes;
    wish.initial = rule.initial;
    wish.with_meta = from.with_meta;
    wish.resume_after = output.resume_after;
    return wish;
}

}  // namespace happn
