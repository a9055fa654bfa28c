#include "adapters/rest/byte_pool.hpp"

namespace rest {

bool BytePool::Share::hold(std::size_t bytes) {
    const std::size_t others = pool_.held_ - held_;
    const bool fits = bytes <= held_ || others == 0 || others + bytes <= pool_.limit_;
    if (fits) set(bytes);
    return fits;
}

void BytePool::Share::insist(std::size_t bytes) {
    release();
    if (bytes == 0) return;
    while (pool_.held_ > 0 && pool_.held_ + bytes > pool_.limit_) {
        Share& first = pool_.holders_.front();
        first.release();
        if (first.give_up_) first.give_up_();
    }
    set(bytes);
}

void BytePool::Share::release() {
    set(0);
}

void BytePool::Share::set(std::size_t bytes) {
    pool_.held_ = pool_.held_ - held_ + bytes;
    held_ = bytes;
    if (bytes > 0 && !is_linked()) pool_.holders_.push_back(*this);
    if (bytes == 0 && is_linked()) unlink();
}

}  // namespace rest
