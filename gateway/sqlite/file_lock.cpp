#include "gateway/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gateway::sqlite {

Result<FileLock> FileLock::take(const std::string& file) {
    constexpr mode_t owner_only = 0600;
    FileLock lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only)};
    if (lock.descriptor_ < 0) {
        return Error{Errc::unavailable, std::strerror(errno)};
    }
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const bool taken = errno == EWOULDBLOCK;
        return Error{Errc::unavailable, taken ? "another process has it" : std::strerror(errno)};
    }
    return lock;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace gateway::sqlite
