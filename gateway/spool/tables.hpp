// The tables of the spool's file, and every query to them, prepared once. Used by spool_file*.cpp alone,
// under the file's lock.
#pragma once

#include <cstdint>

#include "gateway/error.hpp"
#include "gateway/spool/records.hpp"
#include "gateway/sqlite/connection.hpp"
#include "gateway/sqlite/database.hpp"

namespace gateway::spool {

extern const sqlite::Format file_format;

struct Statements {
    static Result<Statements> prepare(sqlite::Connection& connection);

    sqlite::Statement begin, commit, roll_back;  // a change of several steps
    // Of messages.
    sqlite::Statement keep, unrouted, message, set_open, one_less_open, forget_message;
    // Of deliveries; those that read one begin with the columns of delivery_of().
    sqlite::Statement add_delivery, open_deliveries, begin_attempt, take_back_attempt, attempt, take_delivery;
    // Of dead letters; those that read one have the columns of dead_letter_of().
    sqlite::Statement bury, dead_letters, dead_letters_of_route, dead_letter, graves, graves_of_route, revive;
    sqlite::Statement remove_dead;
};

/// A number that no other spool's file has, made with the first use of the file.
Result<std::int64_t> identity_of(sqlite::Connection& connection);

Delivery delivery_of(const sqlite::Statement& row);
/// Its source, address, payload and what describe() has said, in the columns from `first` on.
Result<Message> message_of(const sqlite::Statement& row, int first);
DeadLetter dead_letter_of(const sqlite::Statement& row);

/// Errc::not_found
Error not_in_spool(std::string_view what, Id id);

}  // namespace gateway::spool
