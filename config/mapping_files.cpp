#include "config/mapping_files.hpp"

#include <glob.h>

#include <algorithm>

namespace config {
namespace {

std::vector<std::string> matching(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> files;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return files;
}

bool is_file(const std::string& path) {
    std::error_code ec;
    return std::filesystem::is_regular_file(path, ec);
}

void report_none(const std::string& pattern, const Place& place, Findings& findings) {
    if (pattern.find_first_of("*?[") == std::string::npos) {
        findings.error("HG413", place, "there is no mapping file '" + pattern + "'");
    } else {
        findings.warning("HG413", place, "no mapping file matches '" + pattern + "'");
    }
}

}  // namespace

std::vector<std::string> mapping_files(const std::vector<std::string>& patterns,
                                       const Node& node,
                                       const std::filesystem::path& directory,
                                       Findings& findings) {
    const bool placed = node.is_list() && node.items().size() == patterns.size();
    std::vector<std::string> files;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const auto pattern = (directory / patterns[i]).lexically_normal().string();
        auto found = matching(pattern);
        found.erase(
            std::remove_if(found.begin(), found.end(), [](const auto& path) { return !is_file(path); }),
            found.end());
        if (found.empty()) report_none(pattern, placed ? node.items()[i].place() : node.place(), findings);
        for (auto& file : found) {
            if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(std::move(file));
        }
    }
    return files;
}

}  // namespace config
