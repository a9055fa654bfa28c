// A happn session as a client (SessionFsm with its Exchange), against a server that the fuzzer plays: it
// answers what was really asked, so that a session gets ready and calls get answers, or sends whatever it
// likes. What must hold: every request and call ends exactly once, what is sent is JSON, and a closed session
// sends nothing.
//
// The input is a list of steps: one byte chooses the step, more bytes its details, raw text ends at 0xFE.
#include <chrono>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/happn/exchange.hpp"
#include "adapters/happn/session_fsm.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace {

using gateway::fuzz::Input;
using gateway::fuzz::require;
using happn::SessionFsm;
using nlohmann::json;

constexpr std::size_t most_steps = 300;
constexpr std::size_t most_kept = 16;

const char* const channels[] = {"/SET@/a", "/ALL@/a/*", "/REMOVE@/a/**", "/ALL@*"};

struct Port final : happn::SessionPort {
    void send(std::string frame) override {
        require(open, "nothing is sent on a closed session");
        auto sent = json::parse(frame, nullptr, false);
        require(!sent.is_discarded(), "what is sent is JSON");
        if (!sent.is_object()) {
            return;
        }
        requests.push_back(std::move(sent));
        if (requests.size() > most_kept) {
            requests.pop_front();
        }
    }
    void drop() override { dropped = true; }
    void on_ready() override {}
    void count(std::string_view) override {}
    gateway::TimePoint now() const override { return time; }

    gateway::TimePoint time{std::chrono::hours{1}};
    bool open = false;
    bool dropped = false;
    std::deque<json> requests;  // the latest
};

class Play {
public:
    explicit Play(Input input)
        : input_{input},
          secure_{input_.byte() % 2 == 1},
          fsm_{settings(secure_), port_},
          exchange_{fsm_, port_} {}

    void run() {
        for (std::size_t i = 0; i < most_steps; ++i) {
            const auto step = input_.byte();
            if (step == 0) {
                break;
            }
            one(step);
            if (port_.dropped) {  // the socket closes when it was told to; sometimes frames come before that
                if (input_.byte() % 4 != 0) {
                    close();
                }
            }
        }
        close();
        pass(std::chrono::hours{1});
        require(fsm_.pending() == 0 && exchange_.pending() == 0, "a closed session waits for nothing");
        for (const int ended : ended_) {
            require(ended == 1, "everything asked for ends exactly once");
        }
    }

private:
    static happn::SessionSettings settings(bool secure) {
        happn::SessionSettings settings;
        settings.max_pending = 20;
        settings.max_subscriptions = 6;
        if (secure) {
            settings.username = "tester";
            settings.password = gateway::Secret{"pw"};
        }
        return settings;
    }

    void one(std::uint8_t step) {
        switch (step % 16) {
            case 0:
                return open();
            case 1:
                return close();
            case 2:
                return pass(std::chrono::milliseconds{input_.byte() * 250});
            case 3:
                return hear_text(input_.piece());
            case 4:
            case 5:
            case 6:
                return answer(chosen(), true);
            case 7:
                return answer(chosen(), false);
            case 8:
                return publish(false);
            case 9:
                return publish(true);
            case 10:
                return acknowledge(chosen());
            case 11:
                return system();
            case 12:
                return ask();
            case 13:
                return call();
            case 14:
                return subscribe();
            default:
                return unsubscribe();
        }
    }

    void open() {
        if (!port_.open) {
            port_.open = true;
            port_.dropped = false;
            fsm_.on_open(port_.time);
        }
    }

    void close() {
        if (port_.open) {
            exchange_.on_closed("cut");
            port_.open = false;
            port_.dropped = false;
            fsm_.on_closed("cut");
            std::erase_if(wanted_, [](const auto& entry) { return !entry.second; });
            require(fsm_.pending() == 0, "a lost session leaves no request open");
        }
    }

    void pass(gateway::Duration time) {
        port_.time += time;
        exchange_.on_tick(port_.time);
        fsm_.on_tick(port_.time);
    }

    void hear_text(std::string_view text) {
        if (port_.open) {
            fsm_.on_text(text, port_.time);
        }
    }
    void hear(const json& frame) { hear_text(frame.dump(-1, ' ', false, json::error_handler_t::replace)); }

    /// A request that has been sent; mostly the latest.
    json chosen() {
        if (port_.requests.empty()) {
            return json::object();
        }
        const auto back = input_.byte() % port_.requests.size();
        return port_.requests[port_.requests.size() - 1 - back];
    }

    json some_json() { return json::parse(input_.piece(), nullptr, false); }

    json answer_data(const json& request) {
        const auto action = request.value("action", std::string{});
        if (action == "describe") {
            return {{"name", "TestNode"}, {"secure", secure_}};
        }
        if (action == "login") {
            json data{{"id", "session-" + std::to_string(++sessions_)}, {"happn", {{"name", "TestNode"}}}};
            data["user"] = {{"username", "tester"}};
            data["token"] = "the.token";
            return data;
        }
        if (action == "on") {
            return input_.byte() % 4 == 0 ? json::array({{{"a", 1}, {"_meta", {{"path", "/a/1"}}}},
                                                         {{"_meta", {{"created", 1}}}}})
                                          : json{{"id", "ref-" + std::to_string(++references_)}};
        }
        return {{"a", 1}};
    }

    void answer(const json& request, bool ok) {
        json meta{{"type", "response"}, {"status", ok ? "ok" : "error"}};
        meta["eventId"] = request.value("eventId", json{});
        if (!ok) {
            meta["error"] = {{"name", "AccessDenied"}, {"code", 403}, {"message", "unauthorized"}};
        }
        hear(json{{"data", ok ? answer_data(request) : json{}}, {"_meta", std::move(meta)}});
        note_call(request);
    }

    /// Where a call wants its answer.
    void note_call(const json& request) {
        const auto data = request.find("data");
        if (data != request.end() && data->is_object() && data->contains("callbackAddress")) {
            callback_ = data->value("callbackAddress", "");
        }
    }

    void publish(bool as_answer) {
        const auto kind = input_.byte();
        const std::string channel =
            as_answer ? response_channel() : std::string{channels[kind % std::size(channels)]};
        json meta{{"type", "data"}, {"channel", channel}, {"action", "/SET@/a/1"}, {"path", "/a/1"}};
        json data{{"a", 1}};
        if (as_answer) {
            note_call(chosen());
            meta["path"] = callback_;
            data = {{"status", kind % 3 == 0 ? "error" : "ok"}, {"args", {nullptr, 1}}};
            if (kind % 5 == 0) {
                data["args"] = some_json().is_discarded() ? json::array() : json{1};
            }
        } else if (kind % 8 == 0) {
            meta["consistency"] = 3;
            meta["publicationId"] = "other-1";
        } else if (kind % 8 == 1) {
            meta["action"] = "/ON@/ALL@/a";
        }
        hear(json{{"data", std::move(data)}, {"_meta", std::move(meta)}});
    }

    std::string response_channel() const {
        const auto& facts = fsm_.facts();
        if (secure_) {
            return "/SET@/_exchange/responses/TestNode/c/m/" + facts.id + "/*";
        }
        return "/SET@/_exchange/responses/" + facts.id + (facts.modern() ? "/*/*/*/*" : "/*");
    }

    void acknowledge(const json& request) {
        json frame{{"id", "p-1"}, {"action", "publication-ack"}};
        frame["status"] = input_.byte() % 2 == 0 ? "ok" : "error";
        frame["_meta"] = {{"type", "ack"}, {"eventId", request.value("eventId", json{})}};
        hear(frame);
    }

    void system() {
        switch (input_.byte() % 5) {
            case 0:
                return hear_text(R"("primus::ping::17")");
            case 1:
                return hear_text(R"("primus::server::close")");
            case 2:
                return hear(json{{"_meta", {{"type", "system"}}},
                                 {"eventKey", "security-data-changed"},
                                 {"data", {{"whatHappnd", "upsert-group"}}}});
            case 3:
                return hear(json{{"_meta", {{"type", "system"}}},
                                 {"eventKey", "server-side-disconnect"},
                                 {"data", {{"reason", "token-revoked"}}}});
            default:
                return fsm_.disconnect(port_.time);
        }
    }

    std::size_t expect_end() {
        ended_.push_back(0);
        return ended_.size() - 1;
    }
    void end(std::size_t of) { require(++ended_[of] == 1, "nothing ends twice"); }

    /// An application that asks again when it is answered: handlers may call back.
    void ask(int again = 1) {
        const auto kind = input_.byte();
        const auto number = expect_end();
        const auto until = port_.time + std::chrono::milliseconds{kind * 100};
        SessionFsm::Ask request;
        request.action = kind % 2 == 0 ? "set" : "get";
        request.path = "/a/1";
        request.data = R"({"a":1})";
        const auto done = [this, number, again](const SessionFsm::Answer&) {
            end(number);
            if (again > 0 && port_.open && input_.byte() % 4 == 0) {
                ask(again - 1);
            }
        };
        if (kind % 3 != 0) {
            return fsm_.ask(request, until, done);
        }
        request.options = R"({"consistency":3})";
        const auto accepted = [this, number](const SessionFsm::Answer& answer) {
            if (!answer) {
                end(number);
            }
        };
        fsm_.ask_acknowledged(
            request, until, accepted, [this, number](std::optional<gateway::Error>) { end(number); });
    }

    void call() {
        const auto kind = input_.byte();
        const auto number = expect_end();
        happn::ExchangeCall call{"TestNode", "c", kind % 4 == 0 ? "n" : "m", gateway::Bytes{"[1]"}, {}};
        call.described = kind % 8 != 0;
        exchange_.call(std::move(call),
                       port_.time + std::chrono::milliseconds{kind * 100},
                       [this, number](const gateway::Outcome&) { end(number); });
    }

    void subscribe() {
        const auto kind = input_.byte();
        SessionFsm::Subscribe wanted;
        wanted.channel = channels[kind % std::size(channels)];
        wanted.initial = kind % 8 < 4;
        wanted.keep = kind % 16 < 8;
        if (!wanted_.emplace(wanted.channel, wanted.keep).second) {
            return;
        }
        fsm_.subscribe(
            wanted,
            [this, channel = wanted.channel](const happn::Publication&) {
                if (input_.byte() % 8 == 1) {  // a handler that unsubscribes itself
                    fsm_.unsubscribe(channel);
                    wanted_.erase(channel);
                }
            },
            [this, channel = wanted.channel, keep = wanted.keep](const SessionFsm::Answer& answer) {
                if (!answer && !keep) {
                    wanted_.erase(channel);
                }
            });
    }

    void unsubscribe() {
        const std::string channel = channels[input_.byte() % std::size(channels)];
        fsm_.unsubscribe(channel);
        wanted_.erase(channel);
    }

    Input input_;
    bool secure_;
    Port port_;
    SessionFsm fsm_;
    happn::Exchange exchange_;
    std::vector<int> ended_;
    std::map<std::string, bool> wanted_;  // channel -> kept over reconnects
    std::string callback_;
    int sessions_ = 0;
    int references_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Play{Input{bytes, size}}.run();
    return 0;
}
