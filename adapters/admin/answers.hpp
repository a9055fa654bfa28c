// How the admin listener answers. Server's threads.
#pragma once

#include <httplib.h>

#include <string>
#include <string_view>

namespace admin {

inline constexpr auto json_type = "application/json";

void answer(httplib::Response& response, int status, const std::string& body, const char* type = json_type);
/// `{"message":"..."}`
void explain(httplib::Response& response, int status, std::string_view message);
/// The shard has not answered in time.
void answer_stalled(httplib::Response& response);

}  // namespace admin
