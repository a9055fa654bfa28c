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

Feed::Mark Feed::mark_of(const FeedItem& item, std::uint64_t modified) {
    return {modified, hash_of(item.path)};
}

void Feed::on_stored(std::vector<FeedItem> items) {
    holding_ = false;
    const auto time_of = [](const FeedItem& item) { return as_unsigned(item.modified).value_or(0); };
    std::ranges::stable_sort(items, {}, time_of);
    std::unordered_map<std::string, std::uint64_t> stored;
    for (FeedItem& item : items) {
        stored[item.path] = time_of(item);
        if (sets_ && !has_passed(item)) {
            pass(std::move(item));
        }
    }
    if (!last_) {  // nothing newer has come yet: a loss goes back to there
        last_ = resume_after_;
    }
    resume_after_.reset();
    initial_ = false;
    for (FeedItem& item : std::exchange(held_, {})) {
        const auto known = stored.find(item.path);
        const auto modified = as_unsigned(item.modified);
        const bool older = known != stored.end() && modified && *modified <= known->second;
        if (!older) {
            pass(std::move(item));
        }
    }
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
    gateway::StreamItem out;
    out.payload = payload_of(item);
    out.action = item.removed ? gateway::Action::remove : gateway::Action::set;
    if (const auto modified = as_unsigned(item.modified); modified && !item.removed) {
        last_ = mark_of(item, *modified);
        out.mark = fmt::format("{}-{}", last_->modified, last_->path_hash);
    }
    out.address = std::move(item.path);
    emit_(std::move(out));
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

Feed::Wish feed_wish(const gateway::StreamTarget& rule, const gateway::Output& output) {
    Feed::Wish wish;
    wish.pattern = output.pattern;
    wish.sets = rule.sets;
    wish.removes = rule.removes;
    wish.initial = rule.initial;
    wish.with_meta = rule.with_meta;
    wish.resume_after = output.resume_after;
    return wish;
}

}  // namespace happn
