// The node's side of happn: several clients of one hub, which send requests made from templates, frames of
// their own and nothing for a while, come and go, against small limits. Exchange requests reach the built-in
// components, as on a whole node. What must hold: what is sent is JSON, no request is answered twice, nothing
// is sent to who has gone, limits are kept, and when all have gone nothing of them is left.
//
// The input is a list of steps: one byte chooses the session, one the step, more bytes its details; raw text
// ends at 0xFE.
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/happn/node/hub.hpp"
#include "adapters/happn/node/mesh_layer.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/json.hpp"
#include "gateway/log.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace {

using gateway::fuzz::Input;
using gateway::fuzz::require;
using happn::Frame;
using nlohmann::json;
namespace node = happn::node;

constexpr std::size_t most_steps = 120;
constexpr std::size_t most_sessions = 4;
constexpr std::size_t most_subscriptions = 8;
constexpr std::size_t most_items = 12;

const char* const paths[] = {
    "/a", "/a/1", "/a/1/2", "a", "/b//c", "/_exchange/requests/Gate/api/test", "/mesh/schema/x"};
const char* const patterns[] = {"/a/*", "/a/**", "*", "/a*", "*/1", "/a/*/2", "/*/1/**", "/**", "/a/1"};
const char* const words[] = {"/SET@", "/REMOVE@", "/ALL@", ""};
const char* const protocols[] = {"happn_4", "happn_1.3.0", "happn", "happn_2", "happn_3", "other"};
const char* const options[] = {
    R"({"noStore":true})",
    R"({"noPublish":true})",
    R"({"merge":true,"publishResults":true})",
    R"({"consistency":3})",
    R"({"consistency":1})",
    R"({"consistency":0})",
    R"({"noDataResponse":true})",
    R"({"increment":1})",
    R"({"set_type":"sibling"})",
    R"({"tag":"t"})",
    R"({"initialEmit":true,"listenerId":1,"refCount":1})",
    R"({"initialCallback":true,"depth":3})",
    R"({"criteria":{"$or":[{"a":{"$gte":1}},{"a":"x"}]},"fields":{"a":1},"options":{"limit":2,"sort":{"a":-1}}})",
    R"({"fields":{"a":0,"b.c":0},"criteria":{"a":{"$lt":5}}})",
    R"({"fields":{"x":0,"_meta.path":1}})",
    R"({"options":{"path_only":true}})",
    R"({"targetClients":["x"],"noCluster":true,"meta":{"a":1,"path":2}})",
    R"({"referenceId":0})",
    R"({"nullValue":true})",
    R"({"upsertType":3})",
};

class Link final : public gateway::WebsocketLink {
public:
    void send(gateway::Bytes text) override {
        require(!gone && !closed, "nothing is sent to who has gone");
        const bool valid =
            gateway::json::valid(text.view()) || json::accept(text.view());  // the one is faster
        require(valid, "what is sent is JSON");
        const auto frame = Frame::parse(text.view());
        if (frame && (frame->meta.type == "response" || frame->kind == Frame::Kind::list)) {
            ++responses;
        }
        if (frame && frame->meta.type == "data" && !frame->meta.publication_id.empty()) {
            publication = frame->meta.publication_id;
        }
        if (frame) {
            if (const auto at = text.view().find("\"id\":\""); at != std::string_view::npos) {
                reference = text.view().substr(at + 6, text.view().find('"', at + 6) - at - 6);
            }
        }
    }
    std::size_t backlog() const override { return behind; }
    void close(std::uint16_t) override {
        require(!closed, "a link is closed once");
        closed = true;
    }

    std::size_t behind = 0;
    int responses = 0;
    bool closed = false;
    bool gone = false;
    std::string publication;  // the latest heard
    std::string reference;    // the latest told
};

class NoSinks final : public gateway::SinkDirectory {
public:
    gateway::Sink* broker(std::string_view) override { return nullptr; }
    gateway::Sink* mesh(std::string_view) override { return nullptr; }
};

class Play {
public:
    explicit Play(Input input) : input_{input} { layer_.apply(gateway::RoutingTable{{}, {}}); }

    void run() {
        for (std::size_t i = 0; i < most_steps; ++i) {
            const auto session = input_.byte();
            if (session == 0) {
                break;
            }
            auto& client = clients_[session % clients_.size()];
            if (!client) {
                open(client);
            } else {
                one(*client, input_.byte());
                if (client->link.closed) {
                    leave(client);
                }
            }
            check_limits();
        }
        finish();
    }

private:
    struct Client {
        Link link;
        node::SessionNumber number = 0;
        std::uint64_t event = 0;
    };

    void open(std::unique_ptr<Client>& client) {
        auto fresh = std::make_unique<Client>();
        fresh->number = hub_.open(fresh->link, {"/primus?x", "127.0.0.1", 1, {}}, now_);
        const bool full = hub_.state().sessions.size() == most_sessions;
        require(fresh->number != 0 || full, "only a full node refuses");
        if (fresh->number != 0) {
            client = std::move(fresh);
        }
    }

    void leave(std::unique_ptr<Client>& client) {
        client->link.gone = true;
        hub_.closed(client->number);
        require(hub_.state().subscriptions.count(client->number) == 0,
                "subscriptions end with their session");
        gone_.push_back(std::move(client));
    }

    void one(Client& client, std::uint8_t step) {
        switch (step % 16) {
            case 0:
                return say_text(client, input_.piece());
            case 1:
                client.link.closed = true;  // the client goes
                return;
            case 2:
                return pass(std::chrono::seconds{input_.byte()});
            case 3:
                client.link.behind = input_.byte() % 8 == 1 ? 5000 : 0;
                return;
            case 4:
                return say(
                    client, "configure-session", {}, {{"protocol", protocols[pick(std::size(protocols))]}});
            case 5:
                return session_action(client);
            case 6:
            case 7:
            case 8:
                return say(client, "set", paths[pick(std::size(paths))], some_data(), some_options());
            case 9:
                return say(client, "get", any_path(), nullptr, some_options());
            case 10:
                return say(client, "remove", any_path(), nullptr, some_options());
            case 11:
            case 12:
                return say(client, "on", channel(), nullptr, some_options());
            case 13:
                return off(client);
            case 14:
                return say(client, "ack", {}, client.link.publication);
            default:
                return call(client);
        }
    }

    std::size_t pick(std::size_t of) { return input_.byte() % of; }

    std::string any_path() {
        const auto kind = input_.byte();
        return kind % 2 == 0 ? paths[(kind / 2) % std::size(paths)]
                             : patterns[(kind / 2) % std::size(patterns)];
    }
    std::string channel() { return words[pick(std::size(words))] + any_path(); }

    json some_data() {
        switch (pick(5)) {
            case 0:
                return {{"a", 1}};
            case 1:
                return 5;
            case 2:
                return {{"b", {{"value", 2}}}, {"_meta", 1}};
            case 3:
                return "b";
            default:
                return json::parse(input_.piece(), nullptr, false);
        }
    }
    json some_options() {
        const auto kind = pick(std::size(options) + 2);
        return kind < std::size(options)    ? json::parse(options[kind])
               : kind == std::size(options) ? json::parse(input_.piece(), nullptr, false)
                                            : json::object();
    }

    void session_action(Client& client) {
        static constexpr std::array names{"describe",
                                          "login",
                                          "request-nonce",
                                          "disconnect",
                                          "revoke-session",
                                          "revoke-token",
                                          "count",
                                          "nope"};
        json data{{"info", {{"clusterName", "c"}}}, {"protocol", "happn_4"}};
        say(client, names[pick(names.size())], "/a/*", std::move(data));
    }

    void off(Client& client) {
        json given = some_options();
        if (given.is_object() && input_.byte() % 2 == 0) {
            given["referenceId"] = client.link.reference;
        }
        say(client, "off", input_.byte() % 8 == 0 ? "*" : channel(), nullptr, std::move(given));
    }

    void call(Client& client) {
        const auto methods = node::BuiltinComponents::methods();
        const auto kind = pick(methods.size() + 2);
        if (kind > methods.size()) {
            return call_from_inside(methods[pick(methods.size())]);
        }
        std::string path{"/_exchange/requests/Gate/"};
        if (kind < methods.size()) {
            path.append(methods[kind].component).append(1, '/').append(methods[kind].name);
        } else {
            path += "no/such";
        }
        const auto id = hub_.state().find(client.number)->id;
        json data{{"callbackAddress", "/_exchange/responses/" + id + "/Gate/c/m/1"}};
        data["args"] = json::array({paths[pick(std::size(paths))], some_data(), some_options()});
        if (input_.byte() % 4 == 0) {
            data["args"] = some_data();
        }
        say(client, "set", path, std::move(data), {{"noStore", true}});
    }

    void call_from_inside(const node::BuiltinComponents::Method& method) {
        json args = json::array({paths[pick(std::size(paths))], some_data(), some_options()});
        std::erase_if(args.get_ref<json::array_t&>(), [](const json& value) { return value.is_discarded(); });
        int answers = 0;
        gateway::MeshCall call{std::string{method.component},
                               std::string{method.name},
                               gateway::Bytes{args.dump(-1, ' ', false, json::error_handler_t::replace)},
                               gateway::Principal::anonymous(),
                               now_};
        layer_.call(std::move(call), input_.byte() % 3, [&](const gateway::Outcome& outcome) {
            ++answers;
            require(outcome.error || json::accept(outcome.answer.bytes.view()), "an answer is JSON");
        });
        require(answers == 1, "a call is answered once");
        work_off();
    }

    void say(Client& client, std::string action, std::string path, json data, json given = json::object()) {
        json request{{"action", std::move(action)}, {"eventId", ++client.event}, {"data", std::move(data)}};
        if (!path.empty()) {
            request["path"] = std::move(path);
        }
        if (!given.is_discarded()) {
            request["options"] = std::move(given);
        }
        if (request["data"].is_discarded()) {
            request["data"] = nullptr;
        }
        say_text(client, request.dump(-1, ' ', false, json::error_handler_t::replace));
    }

    void say_text(Client& client, std::string_view text) {
        client.link.responses = 0;
        hub_.on_text(client.number, text, now_);
        require(client.link.responses <= 1, "a request is answered once");
        work_off();
    }

    void pass(gateway::Duration time) {
        now_ += time;
        hub_.on_tick(now_);
        work_off();
        for (auto& client : clients_) {
            if (client && client->link.closed) {
                leave(client);
                open(client);
            }
        }
    }

    void work_off() {
        while (!inbox_.empty()) {
            const auto next = std::move(inbox_.front());
            inbox_.pop_front();
            if (next.path.starts_with(happn::request_prefix)) {
                layer_.on_request(next);
            }
        }
    }

    void check_limits() {
        auto& state = hub_.state();
        require(state.sessions.size() <= most_sessions, "sessions are bounded");
        for (const auto& [number, session] : state.sessions) {
            require(state.subscriptions.count(number) <= most_subscriptions, "subscriptions are bounded");
        }
        require(hub_.state().store->size() <= most_items, "items are bounded");
    }

    void finish() {
        for (auto& client : clients_) {
            if (client) {
                leave(client);
            }
        }
        require(hub_.state().sessions.empty(), "all have gone");
        require(hub_.state().subscriptions.channels() == 0, "no subscription is left");
        require(hub_.publisher().unacknowledged() == 0, "nobody waits for an acknowledgement");
        hub_.on_tick(now_ + std::chrono::hours{1});
        work_off();
    }

    static gateway::NodeSettings settings() {
        gateway::NodeSettings settings;
        settings.name = "Gate";
        settings.max_sessions = most_sessions;
        settings.max_subscriptions = most_subscriptions;
        settings.max_items = most_items;
        settings.max_store_bytes = 32'768;
        settings.max_backlog = 1000;
        return settings;
    }

    Input input_;
    gateway::TimePoint now_{std::chrono::hours{1}};
    gateway::Metrics metrics_;
    NoSinks sinks_;
    gateway::Dispatcher dispatcher_{{}, sinks_, metrics_};
    std::deque<node::Published> inbox_;
    node::Hub hub_{settings(), metrics_, [this](node::Published p) { inbox_.push_back(std::move(p)); }};
    node::MeshLayer layer_{hub_, dispatcher_, {"Gate", "gate-id", "0.1.0"}};
    std::array<std::unique_ptr<Client>, most_sessions + 2> clients_;
    std::vector<std::unique_ptr<Client>> gone_;
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    gateway::log::set_level(gateway::log::level::off);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Play{Input{bytes, size}}.run();
    return 0;
}
