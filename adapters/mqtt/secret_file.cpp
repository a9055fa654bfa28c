#include "adapters/mqtt/secret_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gateway::mqtt {
namespace {

[[noreturn]] void fail() {
    throw std::system_error{errno, std::generic_category(), "a file in memory"};
}

void write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0) fail();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

SecretFile::SecretFile(std::string_view text) : file_{::memfd_create("pem", MFD_CLOEXEC)} {
    if (file_ < 0) fail();
    write_all(file_, text);
}

SecretFile::~SecretFile() {
    ::close(file_);
}

std::string SecretFile::path() const {
    return "/proc/self/fd/" + std::to_string(file_);
}

}  // namespace gateway::mqtt
