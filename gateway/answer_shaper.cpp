#include "gateway/answer_shaper.hpp"

#include <algorithm>
#include <utility>

#include "gateway/json.hpp"

namespace gateway {
namespace {

/// The tab is none: a header may have it (RFC 9110 section 5.5).
bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// Fills a response in and keeps the first refusal that it meets.
class Shaping {
public:
    Shaping(Response& response, const Evaluation& evaluation)
        : response_{response}, evaluation_{evaluation} {}

    /// Of `respond` or an entry of `errors`.
    void shape(const auto& rule) {
        shape_head(rule);
        if (rule.body) body(*rule.body);
    }

    void shape_head(const auto& rule) {
        if (rule.status) {
            response_.status = *rule.status;
            response_.own_status = true;
        }
        add(response_.headers, rule.headers);
        add(response_.user, rule.user);
        check_headers();
    }

    const std::optional<Refused>& refused() const { return refused_; }

private:
    void add(std::vector<NameValue>& into, const std::vector<std::pair<std::string, Template>>& from) {
        for (const auto& [name, text] : from) {
            const auto value = text.evaluate(evaluation_);
            if (value.has_error()) {
                refuse(value.error());
            } else if (!value->absent()) {
                into.emplace_back(name, value->to_text());
            }
        }
    }

    /// A header that cannot be sent is not left out in silence: what is a redirection without its Location?
    void check_headers() {
        std::erase_if(response_.headers, [this](const NameValue& header) {
            const bool fits = std::ranges::none_of(header.second, is_control);
            if (!fits)
                refuse({Refusal::encode,
                        "a control character in the value of the header '" + header.first + "'"});
            return !fits;
        });
    }

    void body(const ObjectMap& map) {
        auto value = map.render(evaluation_);
        if (value.has_error()) return refuse(value.error());
        Bytes text = value->absent() ? Bytes::literal("null") : value->json();
        response_.body = Payload{std::move(text), Encoding::json, "application/json"};
    }

    void refuse(const Refused& why) {
        if (!refused_) refused_ = why;
    }

    Response& response_;
    const Evaluation& evaluation_;
    std::optional<Refused> refused_;
};

bool is_missing(const Respond& respond, const Payload& answer) {
    if (answer.bytes.empty()) return true;
    if (answer.encoding != Encoding::json) return false;
    const auto value = json::trimmed(answer.bytes.view());
    return value == "null" || (respond.none_removed_is_missing && value == "0");
}

bool fits(const ErrorRule& rule, const Error& error) {
    return (!rule.name || *rule.name == error.name) && (!rule.code || *rule.code == error.code);
}

Error unfit(const Refused& refused) {
    return Error{Errc::refused, "the answer does not fit the route's 'respond': " + refused.detail};
}

}  // namespace

Result<Response> shape_opening(const Route& route, const Evaluation& evaluation) {
    Response response;
    if (!route.respond) return response;
    Shaping shaping{response, evaluation};
    shaping.shape_head(*route.respond);
    if (const auto& refused = shaping.refused()) return {boost::system::in_place_error, unfit(*refused)};
    return response;
}

Result<Payload> shape_item(const Route& route, const Evaluation& evaluation) {
    if (!route.respond || !route.respond->body) return *evaluation.answer;
    const auto value = route.respond->body->render(evaluation);
    if (value.has_error()) return unfit(value.error());
    Bytes text = value->absent() ? Bytes::literal("null") : value->json();
    return Payload{std::move(text), Encoding::json, "application/json"};
}

Result<Response> shape_answer(const Route& route, const Evaluation& evaluation) {
    Response response;
    if (evaluation.answer != nullptr) response.body = *evaluation.answer;
    if (!route.respond) return response;
    const Respond& respond = *route.respond;
    if (respond.missing && is_missing(respond, response.body)) {
        Response missing = shape_error(route, Error{Errc::not_found, "there is nothing here"}, evaluation);
        missing.status = *respond.missing;
        missing.own_status = true;
        return missing;
    }
    Shaping shaping{response, evaluation};
    shaping.shape(respond);
    if (const auto& refused = shaping.refused()) return {boost::system::in_place_error, unfit(*refused)};
    return response;
}

Response shape_error(const Route& route, Error error, const Evaluation& evaluation) {
    Response response;
    response.status = default_status(error.errc);
    Evaluation with_error = evaluation;
    with_error.error = &error;
    for (const ErrorRule& rule : route.errors) {
        if (!fits(rule, error)) continue;
        Shaping{response, with_error}.shape(rule);
        break;
    }
    response.error = std::move(error);
    return response;
}

}  // namespace gateway
