// A text that a library wants to read from a file: there is one, but on no disk, and only this process can
// open it. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace gateway::mqtt {

class SecretFile {
public:
    /// Throws std::system_error if there is no memory for it.
    explicit SecretFile(std::string_view text);
    ~SecretFile();
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;

    /// Of the file, while this lives.
    std::string path() const;

private:
    int file_ = -1;
};

}  // namespace gateway::mqtt
