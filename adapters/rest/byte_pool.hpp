// Bytes that connections hold, together no more than a limit: of bodies that come, or of answers that are not
// taken. A pool is owned by the listeners' state and outlives its shares, each of which a connection owns.
// Shard's thread; no errors here.
#pragma once

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <functional>

namespace rest {

class BytePool {
    using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

public:
    /// What one connection holds; nothing at first.
    class Share : public Hook {
    public:
        /// `give_up`: what is held is to be let go of at once, as others insist; it counts no more.
        explicit Share(BytePool& pool, std::function<void()> give_up = {})
            : pool_{pool}, give_up_{std::move(give_up)} {}
        ~Share() { release(); }
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;

        /// `bytes` are held from now on. False: with those of others they are too many, and nothing changes.
        /// Who is alone is never refused.
        bool hold(std::size_t bytes);
        /// The same by all means: those that have held theirs for longest give up, as many as it takes.
        /// `bytes` can_ever_hold().
        void insist(std::size_t bytes);
        void release();

    private:
        void set(std::size_t bytes);

        BytePool& pool_;
        std::function<void()> give_up_;
        std::size_t held_ = 0;
    };

    explicit BytePool(std::size_t limit) : limit_{limit} {}

    std::size_t held() const { return held_; }
    /// Is there room where nobody else holds anything?
    bool can_ever_hold(std::size_t bytes) const { return bytes <= limit_; }

private:
    std::size_t limit_;
    std::size_t held_ = 0;
    boost::intrusive::list<Share, boost::intrusive::constant_time_size<false>>
        holders_;  // who began first, first
};

}  // namespace rest
