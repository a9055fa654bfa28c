// The tables of the spool's file, and every query to them, prepared once. Used by spool_file*.cpp alone,
// under the file's lock.
#pragma once

#include "gateway/sqlite/connection.hpp"
#include "gateway/sqlite/database.hpp"

namespace gateway::spool {

extern const sqlite::Format file_format;

struct Statements {
    static Result<Statements> prepare(sqlite::Connection& connection);

    // Of messages.
    sqlite::Statement keep, unrouted, message, set_open, one_less_open, forget_message;
    // Of deliveries; those that read one begin with the columns of delivery_of().
    sqlite::Statement add_delivery, open_deliveries, begin_attempt, take_back_attempt, attempt, take_delivery;
    // Of dead letters.
    sqlite::Statement bury, dead_letters, dead_letter, revive, alive;
};

}  // namespace gateway::spool
