#include "adapters/admin/answers.hpp"

#include <nlohmann/json.hpp>

namespace admin {

void answer(httplib::Response& response, int status, const std::string& body, const char* type) {
    response.status = status;
    response.set_content(body, type);
}

void explain(httplib::Response& response, int status, std::string_view message) {
    using nlohmann::json;
    const json body{{"message", message}};
    answer(response, status, body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

void answer_stalled(httplib::Response& response) {
    explain(response, 503, "the gateway did not answer in time");
}

}  // namespace admin
