// set, get, remove and count, for clients of the node and for the gateway itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/happn/node/publisher.hpp"
#include "adapters/happn/node/request_options.hpp"
#include "adapters/happn/node/responses.hpp"
#include "adapters/happn/node/state.hpp"
#include "adapters/happn/query/query.hpp"

namespace happn::node {

/// What was written: as stored, or as it would have been.
struct Written {
    std::string data;
    std::optional<Times> times;  // of stored data
};

class DataActions {
public:
    DataActions(State& state, Publisher& publisher) : state_{state}, publisher_{publisher} {}

    void set(Session& session, const Frame& request, gateway::TimePoint now);
    void get(Session& session, const Frame& request);
    void remove(Session& session, const Frame& request, gateway::TimePoint now);
    void count(Session& session, const Frame& request);

    /// `data` in stored form. Errors of this and the following: those of the store.
    gateway::Result<Written> write(std::string_view path, std::string data, const RequestOptions& options);
    gateway::Result<std::vector<query::Selected>> read(std::string_view path,
                                                       std::string_view options,
                                                       query::Naming naming = query::Naming::current) const;
    /// How many there were.
    gateway::Result<std::size_t> erase(std::string_view path);

private:
    gateway::Result<std::size_t> erase(const Session& session, const Frame& request);
    void refuse(Session& session, const Frame& request, std::string_view what, const gateway::Error& why);
    const gateway::Error& count_failure(const gateway::Error& error) const;
    void tag(Session& session, const Frame& request, const RequestOptions& options, gateway::TimePoint now);
    /// A counter: `data` names a member of the item, {"value":n}, to which the option is added.
    void increment(Session& session,
                   const Frame& request,
                   const RequestOptions& options,
                   gateway::TimePoint now);
    std::string set_response(const Session& session,
                             const Frame& request,
                             std::string_view path_raw,
                             const RequestOptions& options,
                             const Written& written,
                             const std::string& results);
    void publish_and_answer(Session& session,
                            const Publication& publication,
                            const RequestOptions& options,
                            gateway::TimePoint now,
                            const std::function<std::string(const std::string& results)>& response);

    State& state_;
    Publisher& publisher_;
};

/// What is wrong with the path of a set, remove or on, in the words of the session's generation.
std::optional<Refusal> path_refusal(const Session& session, const Frame& request);

/// A failure of the node itself, as happn tells it.
Refusal system_error(std::string message, std::string service);

}  // namespace happn::node
