// What is wrong with a configuration or mapping file, and where. A finding is a plain value that keeps no
// file open; its code is stable and documented (finding_codes()). Lines and columns count from 1, columns in
// characters. Start-up only.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The text of one file, shared by all places in it.
class SourceText {
public:
    SourceText(std::string file, std::string_view text);

    const std::string& file() const { return file_; }
    /// The line (from 1) without its end; empty if there is none.
    std::string_view line(int number) const;

private:
    std::string file_;
    std::vector<std::string> lines_;
};

struct Place {
    std::shared_ptr<const SourceText> source;  // null: nowhere in particular
    int line = 0;
    int column = 0;

    std::string file() const;
    std::string_view source_line() const;
    std::string text() const;  // "file:line:column", or "file" if there is no line
};

enum class Severity { warning, error };

struct Finding {
    Finding() = default;
    Finding(std::string_view finding_code,
            Severity how,
            const Place& place,
            std::string what,
            std::string advice = {});

    std::string code;  // "HG201"
    Severity severity = Severity::error;
    std::string file;
    int line = 0;  // 0: the whole file
    int column = 0;
    std::string message;
    std::string hint;         // may be empty
    std::string source_line;  // may be empty

    /// `file:line:col: error HG201: message`, then the source line with a caret, then the hint. Ends with a
    /// newline.
    std::string text() const;
    /// `file:line:col: HG201: message (hint)`, for a log, which says the severity itself.
    std::string log_text() const;
    /// One JSON object: code severity file line column message hint source.
    std::string json() const;

private:
    std::string where() const;
};

/// Collects findings; nothing stops at the first.
class Findings {
public:
    void error(std::string_view code, const Place& place, std::string message, std::string hint = {});
    void warning(std::string_view code, const Place& place, std::string message, std::string hint = {});
    void add(Finding finding) { all_.push_back(std::move(finding)); }
    void append(std::vector<Finding> others);

    bool has_errors() const { return errors() > 0; }
    std::size_t errors() const;  // how many of them
    std::size_t size() const { return all_.size(); }
    const std::vector<Finding>& all() const { return all_; }
    /// All of them, by file, line and column.
    std::vector<Finding> sorted() const;

private:
    std::vector<Finding> all_;
};

struct FindingCode {
    std::string_view code;
    std::string_view meaning;
};

/// Every code there is, in order: HG1xx routes against each other, HG2xx names and templates, HG3xx jq, HG4xx
/// shape and types, HG5xx delivery and replicas.
std::span<const FindingCode> finding_codes();

}  // namespace config
