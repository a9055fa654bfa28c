// What a session has answered and published, kept for a test to look at.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/happn/session_fsm.hpp"

namespace happn::test {

struct Asked {
    SessionFsm::OnAnswer done() {
        return [this](const SessionFsm::Answer& answer) {
            ++times;
            if (answer) {
                data = std::string{(*answer)->data};
                items = std::string{(*answer)->items};
            } else {
                error = answer.error();
            }
        };
    }
    int times = 0;
    std::string data, items;
    std::optional<gateway::Error> error;
};

struct Heard {
    SessionFsm::OnPublication handler() {
        return [this](const Publication& publication) {
            paths.emplace_back(publication.path);
            data.emplace_back(publication.data);
            last_removed = publication.removed;
            last_initial = publication.initial;
        };
    }
    std::vector<std::string> paths, data;
    bool last_removed = false;
    bool last_initial = false;
};

inline SessionFsm::Subscribe channel(std::string name) {
    SessionFsm::Subscribe subscription;
    subscription.channel = std::move(name);
    return subscription;
}

}  // namespace happn::test
