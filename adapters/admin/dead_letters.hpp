// /dead-letters of the admin listener: what routes with a guarantee have given up.
//
//   GET  /dead-letters?route=R&limit=100&after=NEXT    the latest first, without payloads
//   GET  /dead-letters/ID                              one of them with its payload
//   POST /dead-letters/replay, /dead-letters/drop      with {"ids":[7]}, {"route":"R"} or {"all":true}
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gateway/error.hpp"
#include "gateway/spool/letter_box.hpp"

namespace httplib {
class Server;
}

namespace admin {

/// The shard's gateway::spool::LetterBox. Called on the server's threads, several at a time; each waits for
/// the shard no longer than a deadline of its own. nullopt: it has not answered by then. Must not throw.
struct DeadLetterDesk {
    std::function<std::optional<gateway::Result<std::string>>(gateway::spool::Page)> list;
    std::function<std::optional<gateway::Result<std::string>>(gateway::spool::Id)> show;
    std::function<std::optional<gateway::spool::Round>(gateway::spool::Round)> go_on;
};

/// Without a desk there is no spool, which is what requests are told. What changes something must be
/// `application/json`, which no other origin's page can send without asking first (Fetch,
/// "CORS-safelisted").
void serve_dead_letters(httplib::Server& server, const std::optional<DeadLetterDesk>& desk);

}  // namespace admin
