#include "adapters/admin/dead_letters.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "adapters/admin/answers.hpp"
#include "gateway/spool/letter_text.hpp"

namespace admin {
namespace {

using gateway::Errc;
using gateway::Error;
using gateway::Result;
using gateway::spool::Chosen;
using gateway::spool::Deed;
using gateway::spool::Id;
using gateway::spool::Page;
using gateway::spool::Round;
using httplib::Request;
using httplib::Response;
using Json = nlohmann::json;

constexpr std::size_t longest_page = 1000;

int status_of(const Error& error) {
    switch (error.errc) {
        case Errc::bad_request:
            return 400;
        case Errc::not_found:
            return 404;
        case Errc::unavailable:
        case Errc::cancelled:
            return 503;
        default:
            return 500;
    }
}

void answer_text(Response& response, const std::optional<Result<std::string>>& text) {
    if (!text) return answer_stalled(response);
    if (text->has_error()) return explain(response, status_of(text->error()), text->error().message);
    answer(response, 200, **text);
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{number} : std::nullopt;
}

Result<Page> page_of(const Request& request) {
    Page page;
    page.route = request.get_param_value("route");
    if (request.has_param("limit")) {
        const auto limit = number_of<std::size_t>(request.get_param_value("limit"));
        if (!limit || *limit == 0 || *limit > longest_page)
            return Error{Errc::bad_request, "'limit' is a number from 1 to " + std::to_string(longest_page)};
        page.most = *limit;
    }
    if (request.has_param("after")) {
        const auto grave = gateway::spool::parse_grave(request.get_param_value("after"));
        if (!grave) return Error{Errc::bad_request, "'after' is what 'next' of a page says"};
        page.before = *grave;
    }
    return page;
}

bool are_ids(const Json& list) {
    return list.is_array() && !list.empty() &&
           std::ranges::all_of(list, [](const Json& id) { return id.is_number_unsigned(); });
}

Result<Chosen> chosen_by(const std::string& body) {
    const Json json = Json::parse(body, nullptr, false);
    if (json.is_object() && json.size() == 1) {
        const std::string key = json.begin().key();
        const Json& value = json.begin().value();
        if (key == "ids" && are_ids(value)) return Chosen{value.get<std::vector<Id>>(), {}};
        if (key == "route" && value.is_string() && !value.get_ref<const std::string&>().empty())
            return Chosen{{}, value.get<std::string>()};
        if (key == "all" && value == true) return Chosen{};
    }
    return Error{Errc::bad_request, R"(the body is {"ids":[7,8]}, {"route":"name"} or {"all":true})"};
}

bool is_json(const Request& request) {
    const auto type = request.get_header_value("Content-Type");
    return type.substr(0, type.find_first_of("; ")) == json_type;
}

/// Letter by letter, a few at a time.
void work_off(const DeadLetterDesk& desk, Deed deed, const Request& request, Response& response) {
    if (!is_json(request)) return explain(response, 415, "the body is application/json");
    auto chosen = chosen_by(request.body);
    if (chosen.has_error()) return explain(response, 400, chosen.error().message);
    Round round;
    round.deed = deed;
    round.chosen = *std::move(chosen);
    while (!round.over) {
        auto next = desk.go_on(std::move(round));
        if (!next) return answer_stalled(response);
        round = *std::move(next);
    }
    if (round.error)
        return explain(response,
                       status_of(*round.error),
                       round.error->message + " (after " + std::to_string(round.done) + " letters)");
    answer(response, 200, gateway::spool::round_text(round));
}

}  // namespace

void serve_dead_letters(httplib::Server& server, const std::optional<DeadLetterDesk>& there) {
    if (!there) {
        const auto explain_none = [](const Request&, Response& response) {
            explain(response, 404, "there are no dead letters: the configuration has no 'spool'");
        };
        server.Get("/dead-letters.*", explain_none);
        server.Post("/dead-letters.*", explain_none);
        return;
    }
    const DeadLetterDesk& desk = *there;
    server.Get("/dead-letters", [desk](const Request& request, Response& response) {
        auto page = page_of(request);
        if (page.has_error()) return explain(response, 400, page.error().message);
        answer_text(response, desk.list(*std::move(page)));
    });
    server.Get("/dead-letters/([0-9]+)", [desk](const Request& request, Response& response) {
        const auto id = number_of<Id>(request.matches[1].str());
        if (!id) return explain(response, 404, "there is nothing at " + request.path);
        answer_text(response, desk.show(*id));
    });
    server.Post("/dead-letters/replay", [desk](const Request& request, Response& response) {
        work_off(desk, Deed::replay, request, response);
    });
    server.Post("/dead-letters/drop", [desk](const Request& request, Response& response) {
        work_off(desk, Deed::drop, request, response);
    });
}

}  // namespace admin
