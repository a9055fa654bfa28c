// happner's REST envelope, {"message":...,"data":...,"error":...}, and its error objects (measured on
// happner-2 13.1.1). Pure.
#pragma once

#include <string>
#include <string_view>

#include "adapters/rest/http_message.hpp"
#include "gateway/error.hpp"

namespace rest {

/// 200. `data` is JSON text; empty stands for null.
HttpReply success(std::string_view message, std::string_view data);

/// An error whose object holds nothing but its message.
HttpReply failure(int status, std::string_view message, std::string_view error_message);
HttpReply failure_with(int status, std::string_view message, std::string_view error_object);

/// The mesh's own error object without `name` and `stack`, as happner shows it.
std::string method_error_object(const gateway::Error& error);

/// {"name":...,"code":...,"message":...}; the code is left out if it is 0.
std::string error_object(std::string_view name, int code, std::string_view message);

}  // namespace rest
