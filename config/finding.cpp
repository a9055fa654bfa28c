#include "config/finding.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <tuple>

namespace config {
namespace {

constexpr std::array codes{
    FindingCode{"HG101", "routes form a loop: what one sends comes back to it"},
    FindingCode{"HG102", "two routes take the same message (warning: it may be meant)"},
    FindingCode{"HG103", "an HTTP route that a more specific one hides in part (warning)"},
    FindingCode{"HG104", "two HTTP routes for one method and path"},
    FindingCode{"HG105", "a name that is used twice"},
    FindingCode{"HG106", "an HTTP path that belongs to the happner surface"},
    FindingCode{"HG201", "an unknown key"},
    FindingCode{"HG202", "a template that is wrong, or names something the source does not bind"},
    FindingCode{"HG203", "an unknown broker or mesh"},
    FindingCode{"HG204", "an address that is wrong"},
    FindingCode{"HG205", "an address in a reserved tree"},
    FindingCode{"HG206", "a two-way route whose ends bind different captures"},
    FindingCode{"HG207", "`respond.from` names no target that answers"},
    FindingCode{"HG208", "an environment variable or secret file that is missing"},
    FindingCode{"HG209", "a broker or mesh that must be named, since there are several or none"},
    FindingCode{"HG210", "a name that is not allowed, or is reserved"},
    FindingCode{"HG211", "a query parameter that no template reads (warning)"},
    FindingCode{"HG212", "criteria that the sender writes: one template for the whole (warning)"},
    FindingCode{"HG400", "not YAML"},
    FindingCode{"HG401", "an anchor or alias"},
    FindingCode{"HG402", "a tag"},
    FindingCode{"HG403", "a key that is there twice"},
    FindingCode{"HG404", "a second document"},
    FindingCode{"HG405", "nested too deep"},
    FindingCode{"HG406", "a template that is not quoted, and so a YAML map"},
    FindingCode{"HG407", "a value of the wrong type"},
    FindingCode{"HG408", "a key that is missing"},
    FindingCode{"HG409", "a value outside what is allowed"},
    FindingCode{"HG410", "a part of the language that is not built yet"},
    FindingCode{"HG411", "a target without an answer behind a source that waits for one"},
    FindingCode{"HG412", "a version of the mapping language that this program does not know"},
    FindingCode{"HG413", "a file that cannot be read"},
    FindingCode{"HG414", "keys that exclude each other"},
    FindingCode{"HG415", "a port that two listeners would take"},
    FindingCode{"HG416", "a listener that would be open to strangers"},
    FindingCode{"HG417", "a certificate that is not verified"},
    FindingCode{
        "HG501",
        "a retained command with request/response (warning: it is delivered again to who subscribes)"},
    FindingCode{"HG502", "`on_remove` or `on_empty` where no such message ever comes (warning)"},
    FindingCode{"HG503", "a delivery that a source has no use for, or an order that is not known in time"},
    FindingCode{"HG504", "at-least-once without a spool in the configuration"},
    FindingCode{"HG505", "at-least-once from or to QoS 0 (warning: the broker does not wait for it)"},
    FindingCode{"HG506", "a comparison after a gap of a topic that keeps nothing"},
    FindingCode{"HG507", "an entry of `errors` that is never reached (warning)"},
};

std::string severity_name(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

std::string indent_of_caret(std::string_view line, int column) {
    std::string indent;
    int characters = 1;
    for (const char c : line) {
        if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U) {
            continue;  // the rest of a UTF-8 sequence
        }
        if (characters++ >= column) {
            break;
        }
        indent.push_back(c == '\t' ? '\t' : ' ');
    }
    return indent;
}

}  // namespace

SourceText::SourceText(std::string file, std::string_view text) : file_{std::move(file)} {
    while (true) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        lines_.emplace_back(line);
        if (end == std::string_view::npos) {
            return;
        }
        text.remove_prefix(end + 1);
    }
}

std::string_view SourceText::line(int number) const {
    const auto index = static_cast<std::size_t>(number) - 1;
    return number >= 1 && index < lines_.size() ? std::string_view{lines_[index]} : std::string_view{};
}

std::string Place::file() const {
    return source ? source->file() : std::string{};
}

std::string_view Place::source_line() const {
    return source ? source->line(line) : std::string_view{};
}

std::string Place::text() const {
    if (line == 0) {
        return file();
    }
    return file() + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Finding::Finding(
    std::string_view finding_code, Severity how, const Place& place, std::string what, std::string advice)
    : code{finding_code},
      severity{how},
      file{place.file()},
      line{place.line},
      column{place.column},
      message{std::move(what)},
      hint{std::move(advice)},
      source_line{place.source_line()} {}

std::string Finding::where() const {
    std::string out = file;
    if (line > 0) {
        out += ":" + std::to_string(line) + ":" + std::to_string(column);
    }
    return out + (out.empty() ? "" : ": ");
}

std::string Finding::text() const {
    std::string out = where() + severity_name(severity) + " " + code + ": " + message + "\n";
    if (!source_line.empty()) {
        out += "    " + source_line + "\n    " + indent_of_caret(source_line, column) + "^\n";
    }
    if (!hint.empty()) {
        out += "  hint: " + hint + "\n";
    }
    return out;
}

std::string Finding::log_text() const {
    return where() + code + ": " + message + (hint.empty() ? "" : " (" + hint + ")");
}

std::string Finding::json() const {
    const nlohmann::ordered_json object{{"code", code},
                                        {"severity", severity_name(severity)},
                                        {"file", file},
                                        {"line", line},
                                        {"column", column},
                                        {"message", message},
                                        {"hint", hint},
                                        {"source", source_line}};
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Findings::error(std::string_view code, const Place& place, std::string message, std::string hint) {
    all_.emplace_back(code, Severity::error, place, std::move(message), std::move(hint));
}

void Findings::warning(std::string_view code, const Place& place, std::string message, std::string hint) {
    all_.emplace_back(code, Severity::warning, place, std::move(message), std::move(hint));
}

void Findings::append(std::vector<Finding> others) {
    all_.insert(all_.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
}

std::size_t Findings::errors() const {
    return static_cast<std::size_t>(std::ranges::count(all_, Severity::error, &Finding::severity));
}

std::vector<Finding> Findings::sorted() const {
    auto result = all_;
    std::stable_sort(result.begin(), result.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
    return result;
}

std::span<const FindingCode> finding_codes() {
    return codes;
}

}  // namespace config
