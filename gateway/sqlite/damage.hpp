// What becomes of the files of a database that something has damaged. Whoever calls holds the database's
// lock, and has no connection to it.
#pragma once

#include <string>

#include "gateway/error.hpp"

namespace gateway::sqlite {

/// Has the write-ahead log a header that SQLite would take for none, and then begin the log anew without a
/// word
/// ("The WAL file format": magic number and checksum)? What is damaged further on cannot be told from what a
/// process that was killed leaves behind: SQLite takes what is before it.
bool has_damaged_log(const std::string& file);

/// Renames the log alone, or the database and its log, to `....corrupt-20260101T120000Z` beside it; nothing
/// is deleted. Gives the new name of the first. Errors: Errc::unavailable - the system does not let it.
Result<std::string> set_log_aside(const std::string& file);
Result<std::string> set_aside(const std::string& file);

}  // namespace gateway::sqlite
