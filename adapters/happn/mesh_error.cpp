#include "adapters/happn/mesh_error.hpp"

#include <charconv>
#include <string>

#include "adapters/happn/text_member.hpp"
#include "gateway/json.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Errc;

namespace {

constexpr std::string_view connection_lost = "the connection to the mesh was lost: ";

int code_member(std::string_view object) {
    const auto raw = json::member(object, "code");
    int code = 0;
    if (raw) {
        std::from_chars(raw->data(), raw->data() + raw->size(), code);
    }
    return code;
}

Errc kind_of_refusal(const gateway::Error& error) {
    if (error.name == "AccessDenied" || error.code == 403) {
        return error.code == 401 ? Errc::unauthorized : Errc::access_denied;
    }
    if (error.message == "client not connected" || error.message == "client not active" ||
        error.message == "client is disconnected") {
        return Errc::unavailable;
    }
    if (error.message.starts_with("Bad path")) {
        return Errc::bad_request;
    }
    return Errc::mesh_error;
}

gateway::Error read_error(std::string_view raw) {
    gateway::Error error{Errc::mesh_error, "MeshError", 0, "the mesh answered with an error"};
    if (raw.starts_with('"')) {
        error.message = text_of(raw);
    } else if (raw.starts_with('{')) {
        if (auto name = text_member(raw, "name"); !name.empty()) {
            error.name = std::move(name);
        }
        if (auto message = text_member(raw, "message"); !message.empty()) {
            error.message = std::move(message);
        }
        error.code = code_member(raw);
    }
    error.detail = gateway::Bytes::copy(raw);
    return error;
}

}  // namespace

gateway::Error mesh_error(std::string_view raw) {
    auto error = read_error(raw);
    error.errc = kind_of_refusal(error);
    return error;
}

gateway::Error method_error(std::string_view raw) {
    auto error = read_error(raw);
    if (error.message.starts_with("Call to unconfigured")) {
        error.errc = Errc::not_found;
        error.name = error_name(error.errc);  // each generation has another; theirs stays in the detail
    }
    return error;
}

gateway::Error login_error(std::string_view raw) {
    auto error = mesh_error(raw);
    if (error.errc == Errc::access_denied) {
        error.errc = Errc::unauthorized;
    }
    return error;
}

gateway::Error lost_error(std::string_view why) {
    return {Errc::unavailable, std::string{connection_lost}.append(why)};
}

gateway::Error unanswered_error(std::string_view who, std::string_view why) {
    return {Errc::timeout,
            std::string{who}.append(" has not answered: ").append(connection_lost).append(why)};
}

bool session_is_over(const gateway::Error& error) {
    if (error.errc != Errc::access_denied && error.errc != Errc::unauthorized) {
        return false;
    }
    const auto said = error.detail.view();
    return said.find("has been revoked") != std::string_view::npos ||
           said.find("no policy attached to session") != std::string_view::npos;
}

}  // namespace happn
