#include "adapters/happn/node/node.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "adapters/happn/node/store/stored_items.hpp"
#include "adapters/happn/payloads.hpp"
#include "gateway/arguments.hpp"
#include "gateway/log.hpp"
#include "gateway/loop_mark.hpp"
#include "gateway/receipt.hpp"

namespace happn {

namespace {

constexpr gateway::Duration longest_tick = std::chrono::seconds{5};
constexpr std::size_t token_bytes = 32;
constexpr std::string_view node_key = "node";  // of the embedded node in mapping files

gateway::NodeSettings named(gateway::NodeSettings settings, const std::string& fallback) {
    if (settings.name.empty()) {
        settings.name = fallback;
    }
    return settings;
}

const gateway::HappnSource* source_on_node(const gateway::Route& route) {
    const auto* source = std::get_if<gateway::HappnSource>(&route.source);
    return source != nullptr && source->mesh == node_key ? source : nullptr;
}

/// An object holds arguments by name, which need the method's parameters.
std::string arguments_for(const gateway::Route* method,
                          const node::BuiltinComponents::Method* builtin,
                          std::string_view payload) {
    if ((method == nullptr && builtin == nullptr) || !gateway::is_object(payload)) {
        return gateway::as_argument_list(payload);
    }
    if (method == nullptr) {
        return gateway::positional_arguments(payload, builtin->parameters);
    }
    return gateway::positional_arguments(payload, std::get<gateway::CallSource>(method->source).parameters);
}

std::string key_of(const gateway::Route& route, const gateway::HappnSource& source) {
    return route.name + ' ' + make_channel(channel_word(source.sets, source.removes), source.path.text());
}

}  // namespace

/// One websocket of a client.
class Node::Peer final : public gateway::WebsocketPeer {
public:
    Peer(Node& node, node::SessionNumber number) : node_{node}, number_{number} {}
    ~Peer() override { node_.hub_.closed(number_); }

    void on_text(std::string_view text) override {
        node_.hub_.on_text(number_, text, gateway::Clock::now());
        node_.work_off();
    }

private:
    Node& node_;
    node::SessionNumber number_;
};

Node::Node(boost::asio::io_context& context,
           gateway::NodeSettings settings,
           const gateway::GatewayIdentity& identity,
           gateway::Dispatcher& dispatcher,
           gateway::Metrics& metrics,
           std::unique_ptr<node::Store> store)
    : name_{settings.name.empty() ? identity.name : settings.name},
      max_message_{settings.max_message},
      tick_{std::min(longest_tick, settings.keep_alive)},
      dispatcher_{dispatcher},
      timer_{context},
      hub_{named(std::move(settings), identity.name),
           metrics,
           [this](node::Published published) { inbox_.push_back(std::move(published)); },
           std::move(store)},
      mesh_layer_{hub_, dispatcher, identity},
      client_{hub_, identity.id},
      feeds_{hub_, dispatcher} {
    hub_.state().on_acknowledged = [this](std::uint64_t ticket, bool by_all) {
        acknowledged_.emplace_back(ticket, by_all);
    };
    mesh_layer_.apply(gateway::RoutingTable{{}, {}});
}

Node::~Node() = default;

void Node::start() {
    schedule_tick();
}

void Node::drain() {
    draining_ = true;
    mesh_layer_.drain();
}

void Node::stop() {
    timer_.cancel();
    feeds_.close_all();
    hub_.close_all();
}

void Node::schedule_tick() {
    timer_.expires_after(tick_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            hub_.on_tick(gateway::Clock::now());
            work_off();
            schedule_tick();
        }
    });
}

std::unique_ptr<gateway::WebsocketPeer> Node::open(gateway::WebsocketLink& link,
                                                   const gateway::UpgradeRequest& request) {
    if (draining_) {
        return nullptr;
    }
    const auto number = hub_.open(link, request, gateway::Clock::now());
    return number == 0 ? nullptr : std::make_unique<Peer>(*this, number);
}

std::size_t Node::max_frame_bytes() const {
    return max_message_;
}

// --- routes --------------------------------------------------------------------------------------

void Node::apply(std::shared_ptr<const gateway::RoutingTable> table) {
    mesh_layer_.apply(*table);
    subscribe_routes(*table);
    work_off();
    dispatcher_.joined({gateway::ConnectionName::Kind::mesh, std::string{node_key}});
}

/// The gateway's own subscriptions are made anew within this call, so nothing is missed; only routes that are
/// new to the table are sent what is stored.
void Node::subscribe_routes(const gateway::RoutingTable& table) {
    auto& subscriptions = hub_.state().subscriptions;
    subscriptions.remove_all(0);
    const auto before = std::exchange(routes_, {});
    for (const auto& route : table.routes()) {
        const auto* source = source_on_node(route);
        if (source == nullptr) {
            continue;
        }
        const auto channel =
            make_channel(channel_word(source->sets, source->removes), source->path.subscription());
        subscriptions.add(0, node::Generation::old, channel, 0, {});
        auto key = key_of(route, *source);
        if (source->initial && !before.contains(key)) {
            send_initial(route, *source);
        }
        routes_.insert(std::move(key));
    }
}

gateway::Result<std::vector<gateway::Message>> Node::stored(const gateway::HappnSource& source) {
    const auto found = query::select(
        node::stored_items(*hub_.state().store, source.path.subscription()), {}, query::Naming::current);
    if (found.has_error()) {
        return found.error();
    }
    std::vector<gateway::Message> messages;
    for (const auto& selected : *found) {
        gateway::Message message;
        message.connection = node_key;
        message.address = selected.path;
        message.payload = unwrapped(selected.data);
        message.principal = gateway::Principal::service();
        message.properties = gateway::HappnProperties{query::item_meta(selected), true};
        messages.push_back(std::move(message));
    }
    return messages;
}

void Node::send_initial(const gateway::Route& route, const gateway::HappnSource& source) {
    auto messages = stored(source);
    if (messages.has_error()) {
        gateway::log::error("node: route {}: {}", route.name, messages.error().message);
        return;
    }
    for (auto& message : *messages) {
        if (auto captures = source.path.match(message.address)) {
            dispatcher_.run(route, *std::move(captures), std::move(message), {});
        }
    }
}

void Node::bring_kept(const gateway::Route& route, gateway::KeptReader reader) {
    auto messages = stored(std::get<gateway::HappnSource>(route.source));
    if (messages.has_error()) {
        reader.on_end(messages.error());
        return;
    }
    for (auto& message : *messages) {
        reader.on_kept(std::move(message));
    }
    reader.on_end(std::nullopt);
}

void Node::work_off() {
    if (std::exchange(working_, true)) {
        return;
    }
    struct Rest {  // whatever happens: who does not rest would never work again
        bool& working;
        ~Rest() { working = false; }
    } const rest{working_};
    while (!inbox_.empty() || !acknowledged_.empty()) {
        report_acknowledged();
        if (inbox_.empty()) {
            continue;
        }
        auto next = std::move(inbox_.front());
        inbox_.pop_front();
        receive(std::move(next));
    }
}

void Node::report_acknowledged() {
    for (const auto& [id, by_all] : std::exchange(acknowledged_, {})) {
        auto outcome = unacknowledged_.extract(id);
        if (outcome.empty()) {
            continue;
        }
        gateway::Error error{gateway::Errc::mesh_error,
                             "not every subscriber has acknowledged the publication"};
        dispatcher_.on_outcome(id, by_all ? std::move(outcome.mapped()) : gateway::Outcome{std::move(error)});
    }
}

void Node::receive(node::Published published) {
    if (published.word == ChannelWord::set && published.path.starts_with(request_prefix)) {
        mesh_layer_.on_request(published);
    }
    feeds_.on_published(published);
    if (!published.for_routes) {
        return;
    }
    gateway::Message message;
    message.connection = node_key;
    message.address = std::move(published.path);
    message.payload = unwrapped(published.data);
    message.action = published.word == ChannelWord::set ? gateway::Action::set : gateway::Action::remove;
    if (published.session == 0) {
        message.principal = gateway::Principal::service();
    } else {
        message.principal.kind = gateway::PrincipalKind::user;
        message.principal.session_id = std::move(published.session_id);
    }
    message.properties = gateway::HappnProperties{std::move(published.meta), false};
    message.origin = gateway::read_loop_mark(published.mark);
    if (!published.publication_id.empty()) {
        return receive_acknowledged(std::move(message), std::move(published.publication_id));
    }
    dispatcher_.receive(std::move(message));
}

void Node::receive_acknowledged(gateway::Message message, std::string publication_id) {
    const auto receipt = std::make_shared<gateway::Receipt>(
        [this, alive = std::weak_ptr<char>{alive_}, id = std::move(publication_id)] {
            if (!alive.expired()) {
                hub_.publisher().on_ack(node::the_gateway, id);
                work_off();
            }
        });
    message.receipt = receipt;
    dispatcher_.receive(std::move(message));
    receipt->end(gateway::Fate::delivered);
}

gateway::ConnectionState Node::state() const {
    gateway::ConnectionState state;
    state.kind = "mesh";
    state.name = node_key;
    state.ready = true;
    return state;
}

void Node::forget(gateway::DeliveryId id) {
    feeds_.forget(id);
    if (unacknowledged_.erase(id) > 0) {
        hub_.publisher().forget(id);
    }
}

void Node::deliver(gateway::DeliveryId id, gateway::Output output) {
    if (const auto* target = std::get_if<gateway::HappnTarget>(&output.target->rule)) {
        auto [outcome, unacknowledged] = client_.perform(output, *target, id);
        if (unacknowledged) {
            unacknowledged_.emplace(id, std::move(outcome));
        } else {
            dispatcher_.on_outcome(id, std::move(outcome));
        }
        return work_off();
    }
    if (const auto* stream = std::get_if<gateway::StreamTarget>(&output.target->rule)) {
        return feeds_.open(id, *stream, output);
    }
    const auto slash = output.address.find('/');
    if (!std::holds_alternative<gateway::CallTarget>(output.target->rule) || slash == std::string::npos) {
        gateway::Error error{gateway::Errc::bad_request, "not a call: " + output.address};
        return dispatcher_.on_outcome(id, gateway::Outcome{std::move(error)});
    }
    auto component = output.address.substr(0, slash);
    auto method = output.address.substr(slash + 1);
    auto args = arguments_for(dispatcher_.router().match_call(component, method),
                              node::BuiltinComponents::find(component, method),
                              output.payload.bytes.view());
    gateway::MeshCall call{std::move(component),
                           std::move(method),
                           gateway::Bytes{std::move(args)},
                           output.principal,
                           output.deadline};
    mesh_layer_.call(std::move(call), output.hops, [this, id](gateway::Outcome outcome) {
        dispatcher_.on_outcome(id, std::move(outcome));
    });
    work_off();  // a built-in component may have published
}

// --- mesh ----------------------------------------------------------------------------------------

std::shared_ptr<const gateway::MeshDescription> Node::description() const {
    return mesh_layer_.description();
}

void Node::login(gateway::Login, std::function<void(gateway::Result<gateway::Secret>)> done) {
    done(gateway::Secret{gateway::random_hex(token_bytes)});
}

void Node::authenticate(gateway::Principal who,
                        gateway::TimePoint,
                        std::function<void(gateway::Result<gateway::Principal>)> done) {
    done(std::move(who));
}

void Node::call(gateway::MeshCall call, std::function<void(gateway::Outcome)> done) {
    mesh_layer_.call(std::move(call), 0, std::move(done));
    work_off();
}

void Node::describe(
    gateway::Principal,
    gateway::TimePoint,
    std::function<void(gateway::Result<std::shared_ptr<const gateway::MeshDescription>>)> done) {
    done(std::shared_ptr<const gateway::MeshDescription>{});
}

}  // namespace happn
