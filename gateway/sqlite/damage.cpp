#include "gateway/sqlite/damage.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace gateway::sqlite {
namespace {

constexpr std::size_t header_words = 8;      // of four bytes each
constexpr std::size_t checked_words = 6;     // the others hold their checksum
constexpr std::uint32_t magic = 0x377f0682;  // the last bit: the checksum reads words as big-endian

using Header = std::array<unsigned char, header_words * 4>;

std::uint32_t big_endian(const unsigned char* bytes) {
    return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
           std::uint32_t{bytes[3]};
}

std::uint32_t little_endian(const unsigned char* bytes) {
    return std::uint32_t{bytes[3]} << 24U | std::uint32_t{bytes[2]} << 16U | std::uint32_t{bytes[1]} << 8U |
           std::uint32_t{bytes[0]};
}

bool is_whole(const Header& header) {
    const auto begin = big_endian(header.data());
    if ((begin & ~1U) != magic) return false;
    const auto word = (begin & 1U) != 0 ? big_endian : little_endian;
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    for (std::size_t i = 0; i < checked_words; i += 2) {
        first += word(&header[i * 4]) + second;
        second += word(&header[(i + 1) * 4]) + first;
    }
    return first == big_endian(&header[checked_words * 4]) &&
           second == big_endian(&header[(checked_words + 1) * 4]);
}

std::string log_of(const std::string& file) {
    return file + "-wal";
}

std::string now_in_a_name() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[20];
    return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

/// A name that nothing has: two may be set aside within a second.
std::string free_name(const std::string& file) {
    const std::string name = file + ".corrupt-" + now_in_a_name();
    std::string found = name;
    for (int n = 2; std::filesystem::exists(found) || std::filesystem::exists(log_of(found)); ++n)
        found = name + "-" + std::to_string(n);
    return found;
}

Result<void> move(const std::string& from, const std::string& to) {
    std::error_code failed;
    std::filesystem::rename(from, to, failed);
    if (!failed || failed == std::errc::no_such_file_or_directory) return {};
    return Error{Errc::unavailable, "cannot be renamed to " + to + ": " + failed.message()};
}

}  // namespace

bool has_damaged_log(const std::string& file) {
    std::ifstream in{log_of(file), std::ios::binary};
    Header header{};
    in.read(reinterpret_cast<char*>(header.data()), header.size());
    if (in.gcount() == 0) return false;  // there is none, or an empty one
    return static_cast<std::size_t>(in.gcount()) < header.size() || !is_whole(header);
}

Result<std::string> set_log_aside(const std::string& file) {
    const std::string name = free_name(log_of(file));
    const auto moved = move(log_of(file), name);
    if (moved.has_error()) return moved.error();
    return name;
}

/// The log first, under the name by which SQLite finds it for the renamed database.
Result<std::string> set_aside(const std::string& file) {
    const std::string name = free_name(file);
    for (const auto& [from, to] : {std::pair{log_of(file), log_of(name)}, std::pair{file, name}}) {
        if (const auto moved = move(from, to); moved.has_error()) return moved.error();
    }
    std::error_code ignored;
    std::filesystem::remove(file + "-shm", ignored);  // only an index of the log
    return name;
}

}  // namespace gateway::sqlite
