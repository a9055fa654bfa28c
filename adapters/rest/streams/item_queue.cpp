#include "adapters/rest/streams/item_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rest {

ItemQueue::ItemQueue(std::shared_ptr<gateway::OpenStream> stream, StreamFormat format)
    : stream_{std::move(stream)}, options_{stream_->options()}, format_{format} {
    stream_->read(*this);
}

std::deque<std::string> ItemQueue::take(std::size_t room) {
    std::deque<std::string> taken;
    for (std::size_t size = 0; size < room;) {
        auto piece = next_piece();
        if (!piece) break;
        size += piece->size();
        taken.push_back(*std::move(piece));
    }
    return taken;
}

std::optional<std::string> ItemQueue::next_piece() {
    while (!line_.empty()) {
        if (line_.front().kind == Kind::stored) {
            if (const auto item = stream_->next_stored()) return stream_piece(*item, format_);
            line_.pop_front();
            continue;
        }
        const Place first = std::move(line_.front());
        line_.pop_front();
        if (first.kind == Kind::gap) return lagged_piece(first.dropped, format_);
        --pieces_;
        bytes_ -= first.piece.size();
        return first.piece;
    }
    return std::nullopt;
}

void ItemQueue::push(std::string piece) {
    ++pieces_;
    bytes_ += piece.size();
    line_.push_back({Kind::piece, std::move(piece)});
}

bool ItemQueue::full(std::size_t more) const {
    return pieces_ > 0 && (pieces_ >= options_.max_queue || bytes_ + more > max_bytes);
}

/// The reader is told in the place of what it has missed.
void ItemQueue::drop_oldest() {
    const auto oldest = std::ranges::find(line_, Kind::piece, &Place::kind);
    --pieces_;
    bytes_ -= oldest->piece.size();
    ++uncounted_drops_;
    *oldest = Place{Kind::gap, {}, 1};
    if (oldest != line_.begin() && std::prev(oldest)->kind == Kind::gap) {
        join_gaps(std::prev(oldest));
    } else {
        join_gaps(oldest);
    }
}

/// With those behind it.
void ItemQueue::join_gaps(std::deque<Place>::iterator gap) {
    const auto end =
        std::find_if(std::next(gap), line_.end(), [](const Place& place) { return place.kind != Kind::gap; });
    const bool known = std::all_of(gap, end, [](const Place& place) { return place.dropped > 0; });
    std::size_t dropped = 0;
    for (auto one = gap; one != end; ++one)
        dropped += one->dropped;
    gap->dropped = known ? dropped : 0;
    line_.erase(std::next(gap), end);
}

void ItemQueue::on_item(gateway::StreamItem item) {
    if (ended_) return;
    std::string piece = stream_piece(item, format_);
    if (full(piece.size()) && options_.overflow == gateway::StreamOptions::Overflow::close)
        return end(gateway::Error{gateway::Errc::overloaded, "the reader does not keep up"});
    while (full(piece.size()))
        drop_oldest();
    push(std::move(piece));
    ring();
}

void ItemQueue::on_stored() {
    if (ended_) return;
    line_.push_back({Kind::stored, {}});
    ring();
}

void ItemQueue::on_gap() {
    if (ended_) return;
    if (!line_.empty() && line_.back().kind == Kind::gap) {
        line_.back().dropped = 0;
    } else {
        line_.push_back({Kind::gap, {}});
    }
    ring();
}

void ItemQueue::on_end(std::optional<gateway::Error> why) {
    end(why);
}

void ItemQueue::end(const std::optional<gateway::Error>& why) {
    if (std::exchange(ended_, true)) return;
    failed_ = why.has_value();
    if (why) push(ended_piece(*why, format_));
    ring();
}

void ItemQueue::close() {
    ended_ = true;
    ready_ = {};
    line_.clear();
    pieces_ = 0;
    bytes_ = 0;
    stream_.reset();
}

void ItemQueue::ring() {
    if (const auto ready = ready_) ready();
}

}  // namespace rest
