#include "adapters/happn/joined_mesh.hpp"

#include <utility>

#include "adapters/happn/call_right.hpp"
#include "adapters/happn/http_description.hpp"
#include "adapters/happn/http_logout.hpp"
#include "adapters/happn/mesh_error.hpp"
#include "adapters/happn/paths.hpp"
#include "adapters/happn/standing.hpp"
#include "adapters/happn/stored_items.hpp"
#include "gateway/arguments.hpp"
#include "gateway/loop_mark.hpp"
#include "gateway/route.hpp"

namespace happn {

using gateway::Clock;
using gateway::DeliveryId;
using gateway::Errc;
using gateway::Error;
using gateway::Outcome;
using gateway::Output;
using gateway::Principal;
using gateway::PrincipalKind;
using gateway::Result;

namespace {

constexpr std::size_t insecure_token_bytes = 24;

}  // namespace

JoinedMesh::JoinedMesh(boost::asio::io_context& io,
                       gateway::MeshSettings settings,
                       gateway::GatewayIdentity identity,
                       gateway::Dispatcher& dispatcher,
                       gateway::Metrics& metrics)
    : io_{io},
      settings_{std::move(settings)},
      identity_{std::move(identity)},
      dispatcher_{dispatcher},
      service_{io, settings_, metrics},
      users_{io, settings_, metrics},
      sources_{settings_.name, service_.session(), dispatcher, metrics},
      feeds_{io,
             dispatcher,
             [this](const Principal& who, gateway::TimePoint deadline, UserSessions::OnSession done) {
                 with_session(who, deadline, std::move(done));
             }} {
    service_.watch([this] { on_joined(); }, [this] { on_lost(); });
    users_.on_closing([this](const ClientSession* session) { feeds_.on_lost(session); });
}

gateway::ConnectionState JoinedMesh::state() const {
    gateway::ConnectionState state;
    state.kind = "mesh";
    state.name = settings_.name;
    state.required = settings_.required;
    state.reconnects = service_.reconnects();
    state.detail = service_.trouble();
    if (const auto missing = sources_.missing(); state.detail.empty() && !missing.empty()) {
        state.detail = "not subscribed: " + missing;
    }
    state.ready = state.detail.empty();
    return state;
}

// --- whose session -------------------------------------------------------------------------------

bool JoinedMesh::uses_service(const Principal& who) const {
    return !service_.known() || !service_.facts().secure || who.kind == PrincipalKind::service;
}

void JoinedMesh::with_session(const Principal& who,
                              gateway::TimePoint deadline,
                              UserSessions::OnSession done) {
    if (stopped_ || (uses_service(who) && !service_.ready())) {
        done(Error{Errc::unavailable, "the mesh is not connected"});
    } else if (uses_service(who)) {
        done(&service_.session());
    } else if (who.kind == PrincipalKind::anonymous || !who.token) {
        done(Error{Errc::unauthorized, "the mesh is secure: a credential is needed"});
    } else if (const auto foreign = foreign_token(who, settings_.name)) {
        done(*foreign);
    } else {
        users_.with(*who.token, deadline, std::move(done));
    }
}

/// A refusal may mean that the session is over on the mesh: the next request gets a new one.
void JoinedMesh::check_session(const Principal& who, const std::optional<Error>& error) {
    if (!error || !session_is_over(*error)) {
        return;
    }
    if (uses_service(who)) {
        service_.session().session().abandon("the mesh has ended the session: " + error->message);
    } else if (who.token) {
        users_.discard(*who.token);
    }
}

// --- what is stored ------------------------------------------------------------------------------

void JoinedMesh::bring_kept(const gateway::HappnSource& source, gateway::KeptReader reader) {
    if (stopped_ || !service_.ready()) {
        reader.on_end(Error{Errc::unavailable, "the mesh is not connected"});
        return;
    }
    const auto path = source.path.subscription();
    SessionFsm::Ask get;
    get.action = "get";
    get.path = path;
    get.data = "null";
    get.options = "{}";
    const auto deadline = Clock::now() + settings_.call_timeout;
    service_.session().ask(
        get,
        deadline,
        [mesh = settings_.name, path, reader = std::move(reader)](const SessionFsm::Answer& answer) {
            if (!answer) {
                reader.on_end(answer.error());
                return;
            }
            for (const StoredItem& item : stored_items(**answer, path)) {
                reader.on_kept(message_of(
                    {.path = item.path, .data = item.data, .meta = item.meta, .initial = true}, mesh));
            }
            reader.on_end(std::nullopt);
        });
}

// --- targets -------------------------------------------------------------------------------------

void JoinedMesh::deliver(DeliveryId id, Output output) {
    const auto& rule = output.target->rule;
    if (const auto* const happn = std::get_if<gateway::HappnTarget>(&rule)) {
        deliver_request(id, *happn, std::move(output));
    } else if (const auto* const stream = std::get_if<gateway::StreamTarget>(&rule)) {
        feeds_.open(id, *stream, std::move(output));
    } else if (std::holds_alternative<gateway::CallTarget>(rule)) {
        deliver_call(id, std::move(output));
    } else {
        report(id, Outcome{Error{Errc::bad_request, "no target of a mesh"}});
    }
}

void JoinedMesh::deliver_request(DeliveryId id, const gateway::HappnTarget& rule, Output output) {
    const TargetRequest request{rule, output.action};
    if (uses_service(output.principal) && service_.ready()) {  // the usual way, without a copy of the output
        send(id, request, output, service_.session());
        return;
    }
    const auto who = output.principal;
    const auto deadline = output.deadline;
    with_session(who,
                 deadline,
                 [this, id, request, output = std::move(output)](const Result<ClientSession*>& session) {
                     if (session) {
                         send(id, request, output, **session);
                     } else {
                         report(id, Outcome{session.error()});
                     }
                 });
}

void JoinedMesh::send(DeliveryId id,
                      const TargetRequest& request,
                      const Output& output,
                      ClientSession& session) {
    if (auto refusal = delegation_refusal(output.on_behalf_of, session.session().facts())) {
        report(id, Outcome{std::move(*refusal)});
        return;
    }
    const auto mark = gateway::loop_mark(identity_.id, output.hops);
    send_request(session, request, output, mark, [this, id, who = output.principal](Outcome outcome) {
        check_session(who, outcome.error);
        report(id, std::move(outcome));
    });
}

void JoinedMesh::deliver_call(DeliveryId id, Output output) {
    const auto slash = output.address.find('/');
    if (slash == std::string::npos) {
        report(id, Outcome{Error{Errc::bad_request, "a call's address is component/method"}});
        return;
    }
    const bool by_name = gateway::is_object(output.payload.bytes.view());
    if (!by_name || method(output.address.substr(0, slash), output.address.substr(slash + 1)) != nullptr) {
        send_call(id, std::move(output));
        return;
    }
    // Without the names of its parameters a method would be given the object itself.
    const auto deadline = output.deadline;
    refresh_description(deadline, [this, id, output = std::move(output)](const std::optional<Error>& error) {
        if (error) {
            report(id, Outcome{*error});
        } else {
            send_call(id, output);
        }
    });
}

void JoinedMesh::send_call(DeliveryId id, Output output) {
    const auto slash = output.address.find('/');
    auto component = output.address.substr(0, slash);
    auto name = output.address.substr(slash + 1);
    const auto payload = output.payload.bytes.view();
    const auto* const described = method(component, name);
    auto args = gateway::is_object(payload) && described != nullptr
                    ? gateway::positional_arguments(payload, described->parameters)
                    : gateway::as_argument_list(payload);
    gateway::MeshCall wanted{std::move(component),
                             std::move(name),
                             gateway::Bytes{std::move(args)},
                             std::move(output.principal),
                             output.deadline};
    wanted.on_behalf_of = std::move(output.on_behalf_of);
    call(std::move(wanted), [this, id](Outcome outcome) { report(id, std::move(outcome)); });
}

const gateway::MethodDescription* JoinedMesh::method(const std::string& component,
                                                     const std::string& name) const {
    if (!service_.description()) {
        return nullptr;
    }
    const auto& components = service_.description()->components;
    const auto found = components.find(component);
    if (found == components.end()) {
        return nullptr;
    }
    const auto method = found->second.methods.find(name);
    return method == found->second.methods.end() ? nullptr : &method->second;
}

// --- gateway::Mesh -------------------------------------------------------------------------------

void JoinedMesh::call(gateway::MeshCall call, OnOutcome done) {
    if (call.component == "security") {
        done(Outcome{
            Error{Errc::access_denied, "AccessDenied", 403, "the security component is never called"}});
        return;
    }
    ExchangeCall exchange;
    const auto& description = service_.description();
    exchange.domain = service_.domain();
    exchange.described = !description || description->components.contains(call.component);
    exchange.component = std::move(call.component);
    exchange.method = std::move(call.method);
    exchange.args = std::move(call.args);
    exchange.on_behalf_of = std::move(call.on_behalf_of);
    const auto who = call.principal;
    const auto deadline = call.deadline;
    with_session(
        who,
        deadline,
        [this, who, deadline, exchange = std::move(exchange), done = std::move(done)](
            const Result<ClientSession*>& session) {
            if (!session) {
                done(Outcome{session.error()});
                return;
            }
            if (auto refusal = delegation_refusal(exchange.on_behalf_of, (*session)->session().facts())) {
                done(Outcome{std::move(*refusal)});
                return;
            }
            (*session)->call(exchange, deadline, [this, who, done](Outcome outcome) {
                check_session(who, outcome.error);
                done(std::move(outcome));
            });
        });
}

void JoinedMesh::may_call(gateway::MeshRight right, OnRefusal done) {
    const auto path = std::string{request_prefix} + service_.domain() + '/' + right.uri;
    if (!legal_set_path(path)) {
        done(Error{Errc::not_found, "no method can have this name"});
        return;
    }
    const auto who = right.principal;
    const auto deadline = right.deadline;
    with_session(
        who,
        deadline,
        [this, who, deadline, path, on_behalf_of = std::move(right.on_behalf_of), done = std::move(done)](
            const Result<ClientSession*>& session) {
            if (!session) {
                done(session.error());
            } else if (auto refusal = delegation_refusal(on_behalf_of, (*session)->session().facts())) {
                done(std::move(refusal));
            } else {
                ask_for_right(**session, path, on_behalf_of, deadline, [this, who, done](auto answer) {
                    check_session(who, answer);
                    done(std::move(answer));
                });
            }
        });
}

void JoinedMesh::refresh_description(gateway::TimePoint deadline, DescriptionReader::OnRead done) {
    if (stopped_ || !service_.ready()) {
        done(Error{Errc::unavailable, "the mesh is not connected"});
    } else {
        service_.refresh_description(deadline, std::move(done));
    }
}

void JoinedMesh::login(const gateway::Login& login, UserSessions::OnToken done) {
    if (stopped_ || !service_.known()) {
        done(Error{Errc::unavailable, "the mesh is not connected"});
    } else if (!service_.facts().secure) {  // such a mesh has no tokens and asks for none: any will do
        done(gateway::Secret{gateway::random_hex(insecure_token_bytes)});
    } else {
        users_.login(login, Clock::now() + settings_.call_timeout, std::move(done));
    }
}

void JoinedMesh::authenticate(Principal who, gateway::TimePoint deadline, OnPrincipal done) {
    with_session(who, deadline, [who, done = std::move(done)](const Result<ClientSession*>& session) {
        if (!session) {
            done(session.error());
            return;
        }
        auto known = who;
        known.username = (*session)->session().facts().username;
        if (who.kind == PrincipalKind::anonymous) {
            known.username.clear();  // of the service session, on an insecure mesh
        }
        done(std::move(known));
    });
}

void JoinedMesh::session_of(const Principal& who, gateway::TimePoint deadline, OnSessionAccount done) {
    with_session(who, deadline, [this, done = std::move(done)](const Result<ClientSession*>& session) {
        if (!session) {
            done(session.error());
        } else {
            const bool users = service_.facts().secure;
            done(users ? gateway::Bytes::copy((*session)->session().facts().account) : gateway::Bytes{});
        }
    });
}

/// Its streams end first: without its session they would make a new one.
void JoinedMesh::logout(const Principal& who, gateway::TimePoint deadline, OnRefusal done) {
    if (stopped_) {
        done(Error{Errc::unavailable, "the mesh is not connected"});
    } else if (uses_service(who) || !who.token) {
        done(Error{Errc::not_found, "nobody has logged in"});
    } else if (auto foreign = foreign_token(who, settings_.name)) {
        done(std::move(foreign));
    } else {
        feeds_.log_out(*who.token);
        users_.log_out(*who.token);
        logout_over_http(io_, service_.session().destination(), *who.token, deadline, std::move(done));
    }
}

void JoinedMesh::describe(const Principal& who, gateway::TimePoint deadline, OnDescription done) {
    with_session(
        who, deadline, [this, deadline, done = std::move(done)](const Result<ClientSession*>& session) {
            if (!session) {
                done(session.error());
            } else if (!service_.facts().secure) {
                done(service_.description());
            } else {
                const auto& asked = service_.session().destination();
                const auto& token = (*session)->session().facts().token;
                describe_over_http(io_, asked, token, service_.domain(), deadline, done);
            }
        });
}

}  // namespace happn
