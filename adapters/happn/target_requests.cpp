#include "adapters/happn/target_requests.hpp"

#include <memory>

#include "adapters/happn/get_request.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/json.hpp"
#include "gateway/loop_mark.hpp"

namespace happn {

namespace json = gateway::json;
using gateway::Consistency;
using Verb = gateway::HappnTarget::Verb;
using gateway::Output;
using gateway::Payload;

namespace {

std::string marked_meta(const Output& output, std::string_view mark) {
    std::string meta;
    ObjectWriter{meta}.text(gateway::loop_mark_name, mark).spread(output.meta).end();
    return meta;
}

Payload json_payload(std::string text) {
    Payload payload;
    payload.bytes = gateway::Bytes{std::move(text)};
    payload.encoding = gateway::Encoding::json;
    return payload;
}

}  // namespace

TargetRequest::TargetRequest(const gateway::HappnTarget& rule, gateway::Action action)
    : verb{action == gateway::Action::remove && rule.verb == Verb::set ? Verb::remove : rule.verb},
      merge{rule.merge},
      no_store{rule.no_store},
      no_publish{rule.no_publish},
      with_meta{rule.with_meta},
      consistency{rule.consistency} {}

std::string write_options(const TargetRequest& request,
                          const Output& output,
                          std::string_view mark,
                          bool modern) {
    std::string options;
    ObjectWriter writer{options};
    writer.raw("meta", marked_meta(output, mark));
    const auto flag = [&writer](std::string_view name, bool set) {
        if (set) {
            writer.boolean(name, true);
        }
    };
    flag("noPublish", request.no_publish);
    if (request.consistency != Consistency::transactional) {
        writer.number("consistency", static_cast<int>(request.consistency));
    }
    if (request.verb == Verb::set) {
        flag("merge", request.merge);
        flag("noStore", request.no_store);
        flag("noDataResponse", modern && !request.needs_stored());
    }
    if (modern) {
        writer.optional_text("onBehalfOf", output.on_behalf_of);
    }
    writer.end();
    return options;
}

Payload remove_answer(const Frame& frame) {
    return json_payload(std::string{json::member(frame.data, "removed").value_or("null")});
}

namespace {

Payload answer_of(const TargetRequest& request, const Frame& frame, const Payload& sent) {
    if (request.verb == Verb::remove) {
        return remove_answer(frame);
    }
    return request.needs_stored() ? unwrapped(frame.data) : sent;
}

void ask_get(ClientSession& session, const GetRequest& get, const Output& output, SessionFsm::OnAnswer done) {
    SessionFsm::Ask ask;
    ask.action = "get";
    ask.path = output.address;
    ask.data = "null";
    ask.options = get.options();
    session.ask(ask, output.deadline, std::move(done));
}

/// A second question, where the first was in words that the store does not know, or its limit too narrow.
void send_get(ClientSession& session,
              bool with_meta,
              const std::shared_ptr<const Output>& output,
              std::function<void(gateway::Outcome)> done) {
    const auto store = session.store();
    const GetRequest get{*output, with_meta, session.session().facts().modern(), store};
    if (const auto checked = get.check(); checked.has_error()) {
        return done(gateway::Outcome{checked.error()});
    }
    const auto outcome_of = [](const GetRequest& request, const SessionFsm::Answer& answer) {
        return answer ? request.outcome(**answer) : gateway::Outcome{answer.error()};
    };
    ask_get(session, get, *output, [=, &session, done = std::move(done)](const SessionFsm::Answer& answer) {
        const bool asked_another =
            !answer && store == query::Store::loki && query::is_of_another_store(answer.error().message);
        if (asked_another) {
            session.store_is(query::Store::nedb);
            return send_get(session, with_meta, output, done);
        }
        if (!answer || !get.cut_too_short(**answer)) {
            return done(outcome_of(get, answer));
        }
        const GetRequest all = get.unlimited();
        ask_get(
            session, all, *output, [=](const SessionFsm::Answer& whole) { done(outcome_of(all, whole)); });
    });
}

}  // namespace

void send_request(ClientSession& session,
                  const TargetRequest& request,
                  const Output& output,
                  std::string_view mark,
                  std::function<void(gateway::Outcome)> done) {
    if (request.verb == Verb::get) {
        return send_get(session, request.with_meta, std::make_shared<const Output>(output), std::move(done));
    }
    const bool sets = request.verb == Verb::set;
    const auto options = write_options(request, output, mark, session.session().facts().modern());
    const auto data = sets ? wrapped(output.payload) : std::string{"null"};
    SessionFsm::Ask ask;
    ask.action = sets ? "set" : "remove";
    ask.path = output.address;
    ask.data = data;
    ask.options = options;
    ask.changes = true;
    const auto outcome_of = [request, sent = output.payload](const SessionFsm::Answer& answer) {
        return answer ? gateway::Outcome{answer_of(request, **answer, sent)}
                      : gateway::Outcome{answer.error()};
    };
    if (!request.waits_for_subscribers()) {
        session.ask(ask, output.deadline, [outcome_of, done = std::move(done)](const auto& answer) {
            done(outcome_of(answer));
        });
        return;
    }
    auto accepted = std::make_shared<gateway::Outcome>();
    session.ask_acknowledged(
        ask,
        output.deadline,
        [outcome_of, accepted, done](const SessionFsm::Answer& answer) {
            *accepted = outcome_of(answer);
            if (accepted->error) {
                done(std::move(*accepted));
            }
        },
        [accepted, done](std::optional<gateway::Error> error) {
            done(error ? gateway::Outcome{*std::move(error)} : std::move(*accepted));
        });
}

}  // namespace happn
