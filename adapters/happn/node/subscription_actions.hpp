// on and off, in both dialects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/data_actions.hpp"

namespace happn::node {

class SubscriptionActions {
public:
    SubscriptionActions(State& state, DataActions& data) : state_{state}, data_{data} {}

    void on(Session& session, const Frame& request);
    void off(Session& session, const Frame& request);

private:
    std::optional<Refusal> refusal(const Session& session, const Frame& request) const;
    void answer_with_initial(Session& session,
                             const Frame& request,
                             const RequestOptions& options,
                             const std::string& reference,
                             std::vector<query::Selected> stored);
    gateway::Result<std::vector<query::Selected>> stored_under(std::string_view channel) const;
    void emit_initial(Session& session, const Frame& request, const query::Selected& selected);
    std::vector<Removed> take_off(const Session& session,
                                  const Frame& request,
                                  const RequestOptions& options);
    std::string removed_list(const Session& session, const std::vector<Removed>& removed) const;

    State& state_;
    DataActions& data_;
};

}  // namespace happn::node
