#include "adapters/mqtt/topic.hpp"

#include <cstddef>

#include "gateway/json.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::size_t longest_string = 65535;  // MQTT 5.0 section 1.5.4

/// Walks over the levels of a filter; an empty filter has one empty level.
class Levels {
public:
    explicit Levels(std::string_view filter) : left_{filter} { next(); }

    std::string_view level() const { return level_; }
    bool ended() const { return ended_; }

    void next() {
        if (last_) {
            ended_ = true;
            return;
        }
        const std::size_t slash = left_.find('/');
        level_ = left_.substr(0, slash);
        last_ = slash == std::string_view::npos;
        if (!last_) left_ = left_.substr(slash + 1);
    }

private:
    std::string_view left_;
    std::string_view level_;
    bool last_ = false;
    bool ended_ = false;
};

bool wildcard(std::string_view level) {
    return level == "+" || level == "#";
}
bool reserved(std::string_view filter) {
    return filter.starts_with('$');
}
bool starts_wild(std::string_view filter) {
    return wildcard(Levels{filter}.level());
}

}  // namespace

bool legal_text(std::string_view text) {
    return text.size() <= longest_string && json::valid_utf8(text);
}

bool legal_topic(std::string_view topic) {
    return !topic.empty() && topic.find_first_of("+#") == std::string_view::npos && legal_text(topic);
}

bool covers(std::string_view wide, std::string_view narrow) {
    if (starts_wild(wide) && reserved(narrow)) return false;
    Levels a{wide};
    Levels b{narrow};
    while (!a.ended()) {
        if (a.level() == "#") return true;
        if (b.ended() || b.level() == "#") return false;
        if (a.level() != "+" && a.level() != b.level()) return false;
        a.next();
        b.next();
    }
    return b.ended();
}

bool overlap(std::string_view one, std::string_view other) {
    if ((starts_wild(one) && reserved(other)) || (starts_wild(other) && reserved(one))) return false;
    Levels a{one};
    Levels b{other};
    while (!a.ended() && !b.ended()) {
        if (a.level() == "#" || b.level() == "#") return true;
        if (!wildcard(a.level()) && !wildcard(b.level()) && a.level() != b.level()) return false;
        a.next();
        b.next();
    }
    if (a.ended() && b.ended()) return true;
    return (a.ended() ? b : a).level() == "#";  // `a/#` also matches `a`
}

std::string common_filter(std::string_view one, std::string_view other) {
    std::string common;
    Levels a{one};
    Levels b{other};
    for (bool first = true; !a.ended() || !b.ended(); first = false) {
        if (!first) common += '/';
        if (a.ended() || b.ended() || a.level() == "#" || b.level() == "#") return common + '#';
        common += a.level() == b.level() ? std::string{a.level()} : "+";
        a.next();
        b.next();
    }
    return common;
}

}  // namespace gateway::mqtt
