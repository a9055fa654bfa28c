// happner's REST envelope, {"message":...,"data":...,"error":...}, and its error objects, in either dialect.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/dialect.hpp"
#include "adapters/rest/http_message.hpp"

namespace rest {

/// 200. `data` is JSON text; empty stands for null.
HttpReply success(const Dialect& dialect, std::string_view message, std::string_view data);

/// An error whose object holds nothing but its message (and its stack, where the dialect shows it).
HttpReply failure(const Dialect& dialect,
                  int status,
                  std::string_view message,
                  std::string_view error_message);
HttpReply failure_with(const Dialect& dialect,
                       int status,
                       std::string_view message,
                       std::string_view error_object);

/// {"name":...,"code":...,"message":...}; the code is left out if it is 0.
std::string error_object(std::string_view name, int code, std::string_view message);

/// {"message":...}, and its stack where the dialect shows one.
std::string message_object(const Dialect& dialect, std::string_view text);

/// As JavaScript writes an error: "TypeError: message", or the name alone.
std::string first_stack_line(std::string_view name, std::string_view message);

}  // namespace rest
