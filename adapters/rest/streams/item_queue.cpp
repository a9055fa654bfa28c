#include "adapters/rest/streams/item_queue.hpp"

#include <utility>

namespace rest {

ItemQueue::ItemQueue(std::shared_ptr<gateway::OpenStream> stream, StreamFormat format)
    : stream_{std::move(stream)}, options_{stream_->options()}, format_{format} {
    stream_->read(*this);
}

std::deque<std::string> ItemQueue::take(std::size_t room) {
    std::deque<std::string> taken;
    std::size_t size = 0;
    if (const auto dropped = std::exchange(dropped_, 0); dropped > 0) {
        taken.push_back(lagged_piece(dropped, format_));
        size = taken.back().size();
    }
    while (!pieces_.empty() && (taken.empty() || size + pieces_.front().size() <= room)) {
        size += pieces_.front().size();
        bytes_ -= pieces_.front().size();
        taken.push_back(std::move(pieces_.front()));
        pieces_.pop_front();
    }
    return taken;
}

bool ItemQueue::full(std::size_t more) const {
    return pieces_.size() >= options_.max_queue || (bytes_ + more > max_bytes && !pieces_.empty());
}

void ItemQueue::drop_oldest() {
    bytes_ -= pieces_.front().size();
    pieces_.pop_front();
    ++dropped_;
    ++uncounted_drops_;
}

void ItemQueue::on_item(gateway::StreamItem item) {
    if (ended_) return;
    std::string piece = stream_piece(item, format_);
    if (full(piece.size()) && options_.overflow == gateway::StreamOptions::Overflow::close)
        return end(gateway::Error{gateway::Errc::overloaded, "the reader does not keep up"});
    while (full(piece.size()))
        drop_oldest();
    bytes_ += piece.size();
    pieces_.push_back(std::move(piece));
    ring();
}

void ItemQueue::on_end(std::optional<gateway::Error> why) {
    end(why);
}

void ItemQueue::end(const std::optional<gateway::Error>& why) {
    if (std::exchange(ended_, true)) return;
    failed_ = why.has_value();
    if (why) pieces_.push_back(ended_piece(*why, format_));
    ring();
}

void ItemQueue::close() {
    ended_ = true;
    ready_ = {};
    pieces_.clear();
    stream_.reset();
}

void ItemQueue::ring() {
    if (const auto ready = ready_) ready();
}

}  // namespace rest
