#include "adapters/happn/call_right.hpp"

#include "adapters/happn/frame.hpp"

namespace happn {

void ask_for_right(ClientSession& session,
                   const std::string& path,
                   const std::string& on_behalf_of,
                   gateway::TimePoint deadline,
                   const std::function<void(std::optional<gateway::Error>)>& done) {
    std::string options;
    ObjectWriter{options}
        .boolean("noStore", true)
        .boolean("noPublish", true)
        .optional_text("onBehalfOf", on_behalf_of)
        .end();
    SessionFsm::Ask set;
    set.action = "set";
    set.path = path;
    set.data = "null";
    set.options = options;
    session.ask(set, deadline, [done](const SessionFsm::Answer& answer) {
        done(answer ? std::nullopt : std::optional{answer.error()});
    });
}

}  // namespace happn
