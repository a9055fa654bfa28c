// The table of differences in docs/compatibility.md: what happner answers to a request, what the gateway
// does, and why.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

struct Seen {
    int status = 0;
    std::string type;
    std::string body;
    bool blanks = false;  // after commas
    bool operator==(const Seen&) const = default;
};

inline std::string short_text(std::string text) {
    constexpr std::size_t longest = 110;
    for (char& c : text) {
        if (c == '|') c = '/';
        if (c == '`') c = '\'';
        if (c == '\n') c = ' ';
    }
    return text.size() > longest ? text.substr(0, longest) + "..." : text;
}

inline std::string cell(const Seen& seen) {
    std::string text = std::to_string(seen.status);
    if (!seen.type.empty()) text += ' ' + seen.type.substr(0, seen.type.find(';'));
    if (!seen.body.empty()) text += " `" + short_text(seen.body) + '`';
    return text;
}

/// Numbers reasons by the order in which they are first given.
class Notes {
public:
    std::string mark(const std::string& reason) {
        const auto known = std::ranges::find(reasons_, reason);
        const auto number = known - reasons_.begin() + 1;
        if (known == reasons_.end()) reasons_.push_back(reason);
        return '[' + std::to_string(number) + ']';
    }
    std::string text() const {
        std::string notes;
        for (std::size_t i = 0; i < reasons_.size(); ++i)
            notes += "\n[" + std::to_string(i + 1) + "] " + reasons_[i] + ".\n";
        return notes;
    }

private:
    std::vector<std::string> reasons_;
};

/// Equal rows of several meshes are one; rows of one request stand together.
class DifferencesTable {
public:
    DifferencesTable(std::size_t meshes, std::map<std::string, std::string> reasons)
        : meshes_{meshes}, reasons_{std::move(reasons)} {}
    void add(const std::string& mesh,
             const std::string& request_name,
             const Seen& happners,
             const Seen& gateways) {
        auto request = std::ranges::find(requests_, request_name, &Request::name);
        if (request == requests_.end()) request = requests_.insert(request, {request_name, {}});
        const std::pair answers{cell(happners), cell(gateways)};
        auto row = std::ranges::find(request->rows, answers, &Row::answers);
        if (row == request->rows.end()) row = request->rows.insert(row, {answers, {}});
        row->meshes.push_back(mesh);
    }
    std::string text() const {
        std::string table = "| request | asked on | happner | the gateway | why |\n|---|---|---|---|---|\n";
        Notes notes;
        for (const auto& [name, rows] : requests_) {
            for (const auto& [answers, meshes] : rows)
                table += "| " + name + " | " + list(meshes) + " | " + answers.first + " | " + answers.second +
                         " | " + notes.mark(reasons_.at(name)) + " |\n";
        }
        return table + notes.text() + '\n';
    }

private:
    struct Row {
        std::pair<std::string, std::string> answers;
        std::vector<std::string> meshes;
    };
    struct Request {
        std::string name;
        std::vector<Row> rows;
    };
    std::string list(const std::vector<std::string>& meshes) const {
        if (meshes.size() == meshes_) return "all";
        std::string text;
        for (const std::string& mesh : meshes)
            text += (text.empty() ? "" : ", ") + mesh;
        return text;
    }
    std::size_t meshes_;
    std::map<std::string, std::string> reasons_;
    std::vector<Request> requests_;
};

}  // namespace support
