// When each of several things, known by name, is tried again. No clock, no I/O. Owned by SessionFsm, for its
// subscriptions; single-threaded.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "gateway/clock.hpp"

namespace happn {

class RetryTimes {
public:
    /// In place of the time that it had.
    void set(const std::string& name, gateway::TimePoint when) {
        erase(name);
        times_.emplace(name, when);
        order_.emplace(when, name);
    }

    void erase(const std::string& name) {
        if (const auto time = times_.extract(name); !time.empty()) {
            order_.erase({time.mapped(), name});
        }
    }

    void clear() {
        times_.clear();
        order_.clear();
    }

    std::optional<gateway::TimePoint> next() const {
        return order_.empty() ? std::nullopt : std::optional{order_.begin()->first};
    }

    /// One whose time has come, which it then has no more.
    std::optional<std::string> take_due(gateway::TimePoint now) {
        if (order_.empty() || order_.begin()->first > now) {
            return std::nullopt;
        }
        auto name = order_.begin()->second;
        erase(name);
        return name;
    }

private:
    std::map<std::string, gateway::TimePoint> times_;
    std::set<std::pair<gateway::TimePoint, std::string>> order_;
};

}  // namespace happn
