#include "adapters/happn/target_requests.hpp"

#include <memory>

#include "adapters/happn/criteria.hpp"
#include "adapters/happn/items_version.hpp"
#include "adapters/happn/json_scan.hpp"
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

std::string as_json(const Payload& payload) {
    return payload.encoding == gateway::Encoding::bytes ? wrapped(payload) : payload.bytes.str();
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

std::string get_options(const Output& output, bool modern) {
    std::string inner;
    std::string options;
    ObjectWriter inner_writer{inner};
    ObjectWriter writer{options};
    for (const std::string_view name : {"sort", "limit", "skip"}) {
        inner_writer.optional_raw(name, json::member(output.options, name).value_or(""));
    }
    inner_writer.end();
    const auto criteria = json::member(output.options, "criteria").value_or("");
    writer.optional_raw("criteria", modern ? one_operator_a_name(criteria) : std::string{criteria});
    writer.optional_raw("fields", json::member(output.options, "fields").value_or(""));
    if (inner != "{}") {
        writer.raw("options", inner);
    }
    if (modern) {
        writer.optional_text("onBehalfOf", output.on_behalf_of);
    }
    writer.end();
    return options;
}

Payload get_answer(const Frame& frame, bool with_meta) {
    if (frame.kind != Frame::Kind::list) {
        const auto data = frame.data.empty() ? std::string_view{"null"} : frame.data;
        if (!with_meta || data == "null") {
            return unwrapped(data);
        }
        std::string item;
        ObjectWriter writer{item};
        std::string meta;
        ObjectWriter meta_writer{meta};
        meta_writer.optional_text("path", frame.meta.path).optional_raw("created", frame.meta.created);
        meta_writer.optional_raw("modified", frame.meta.modified).end();
        writer.spread(data).raw("_meta", meta).end();
        return json_payload(std::move(item));
    }
    std::string list{"["};
    if (with_meta) {
        list += frame.items;
    } else {
        std::string items{"["};
        items.append(frame.items).append("]");
        scan::elements(items, [&list](std::string_view item) {
            list.append(list.size() > 1 ? "," : "").append(as_json(unwrapped(item)));
        });
    }
    list += ']';
    return json_payload(std::move(list));
}

std::string get_version(const Frame& frame) {
    ItemsVersion version;
    if (frame.kind != Frame::Kind::list) {
        version.add(frame.meta.path, frame.meta.modified);
        return version.text();
    }
    std::string items{"["};
    items.append(frame.items).append("]");
    scan::elements(items, [&version](std::string_view item) {
        const auto meta = json::member(item, "_meta").value_or("");
        version.add(json::member(meta, "path").value_or(""), json::member(meta, "modified").value_or(""));
    });
    return version.text();
}

Payload remove_answer(const Frame& frame) {
    return json_payload(std::string{json::member(frame.data, "removed").value_or("null")});
}

namespace {

Payload answer_of(const TargetRequest& request, const Frame& frame, const Payload& sent) {
    switch (request.verb) {
        case Verb::get:
            return get_answer(frame, request.with_meta);
        case Verb::remove:
            return remove_answer(frame);
        case Verb::set:
            break;
    }
    return request.needs_stored() ? unwrapped(frame.data) : sent;
}

}  // namespace

void send_request(ClientSession& session,
                  const TargetRequest& request,
                  const Output& output,
                  std::string_view mark,
                  std::function<void(gateway::Outcome)> done) {
    const bool modern = session.session().facts().modern();
    const bool sets = request.verb == Verb::set;
    const auto options = request.verb == Verb::get ? get_options(output, modern)
                                                   : write_options(request, output, mark, modern);
    const auto data = sets ? wrapped(output.payload) : std::string{"null"};
    SessionFsm::Ask ask;
    ask.action = sets ? "set" : request.verb == Verb::get ? "get" : "remove";
    ask.path = output.address;
    ask.data = data;
    ask.options = options;
    const auto outcome_of = [request, sent = output.payload](const SessionFsm::Answer& answer) {
        if (!answer) {
            return gateway::Outcome{answer.error()};
        }
        gateway::Outcome outcome{answer_of(request, **answer, sent)};
        if (request.verb == Verb::get) {
            outcome.version = get_version(**answer);
        }
        return outcome;
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
