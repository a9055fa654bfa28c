// Keeps a second process away from a file that one process must have for itself.
#pragma once

#include <string>
#include <utility>

#include "gateway/error.hpp"

namespace gateway::sqlite {

/// Held as long as the object lives, and given back by the system when the process ends, however that comes
/// (flock(2)). The file is made if there is none, and stays.
class FileLock {
public:
    static Result<FileLock> take(const std::string& file);

    FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    FileLock& operator=(FileLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_{descriptor} {}
    int descriptor_;
};

}  // namespace gateway::sqlite
