// At-least-once under load, whatever ends meanwhile: numbered messages go from each kind of source to each
// kind of target while the gateway is killed, its connections are cut, the broker that they come from
// restarts and the mesh that they go to is killed. Of what the sender was told has arrived, none may be
// missing, and what comes from one device comes in order; some comes again.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/http_service.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;
using nlohmann::json;

constexpr int faults = 8;
const std::vector<std::string> devices{"a", "b", "c"};
constexpr const char* keeps_all = "max_queued_messages 0\n";  // or Mosquitto drops what is beyond 1000
constexpr std::chrono::milliseconds acknowledged_within{1500};

std::string at(const TcpProxy& proxy) {
    return "://127.0.0.1:" + std::to_string(proxy.port());
}

// --- sources -----------------------------------------------------------------------------------------------

/// Who sends, and is told that a message has arrived.
class Source {
public:
    virtual ~Source() = default;
    virtual std::string settings() const = 0;
    virtual std::string rule() const = 0;
    /// How many to send of each device: those of a mesh are acknowledged one after the other.
    virtual int numbers() const = 0;
    /// Returns when the one of each device has been acknowledged.
    virtual void send(int number) = 0;
    virtual void cut() = 0;
    /// While nobody sends. False: this kind would forget what it was told.
    virtual bool restart() { return false; }
};

class BrokerSource final : public Source {
public:
    std::string settings() const override {
        return "brokers: { in: { url: \"tcp" + at(network_) +
               "\", client_id: one, session_expiry: 1h, reconnect_min: 50ms, reconnect_max: 200ms }, OUT }\n";
    }
    std::string rule() const override { return "{ mqtt: \"in/{device}\", broker: in, qos: 1 }"; }
    int numbers() const override { return 1500; }
    void send(int number) override {
        for (const auto& device : devices)
            probe_->publish({.topic = "in/" + device, .payload = std::to_string(number), .qos = 1});
    }
    void cut() override { network_.cut(); }
    bool restart() override {
        probe_.reset();
        broker_.stop();
        broker_.start();
        probe_ = std::make_unique<MqttProbe>(broker_.port());
        return true;
    }

private:
    Mosquitto broker_{{.persistence = true, .more = keeps_all}};
    TcpProxy network_{broker_.port()};
    std::unique_ptr<MqttProbe> probe_ = std::make_unique<MqttProbe>(broker_.port());
};

/// Publishes again what the gateway has not acknowledged: a mesh keeps nothing for subscribers that are away.
class MeshSource final : public Source {
public:
    MeshSource() { client_.connect(mesh_.port()); }
    std::string settings() const override {
        return "brokers: { OUT }\nmeshes: { inner: { url: \"ws" + at(network_) +
               "\", reconnect_min: 50ms, reconnect_max: 200ms }, OUTER }\n";
    }
    std::string rule() const override { return "{ happn: \"on /in/{device}\", mesh: inner }"; }
    int numbers() const override { return 300; }
    void send(int number) override {
        std::map<std::string, int> waiting;
        for (const auto& device : devices)
            waiting[device] = publish(device, number);
        while (!waiting.empty()) {
            const auto [device, publication] = *waiting.begin();
            waiting.erase(waiting.begin());
            if (!is_acknowledged(publication)) waiting[device] = publish(device, number);
        }
    }
    void cut() override { network_.cut(); }

private:
    int publish(const std::string& device, int number) {
        return client_.start(
            {{"command", "set_acknowledged"}, {"path", "/in/" + device}, {"data", {{"value", number}}}});
    }
    bool is_acknowledged(int publication) {
        try {
            return client_.finish(publication)["result"]["acknowledged"] == 1;
        } catch (const JsError&) {
            return false;
        }
    }

    JsMesh mesh_{{.acknowledged_within = acknowledged_within}};
    TcpProxy network_{mesh_.port()};
    JsClient client_{happn_client_of("13.1.1")};
};

// --- targets -----------------------------------------------------------------------------------------------

struct Arrival {
    std::string device;
    int number = 0;
};

class Target {
public:
    virtual ~Target() = default;
    virtual std::string broker() const { return ""; }  // its settings
    virtual std::string mesh() const { return ""; }
    virtual std::string rule() const = 0;
    virtual Arrival next() = 0;
    virtual void cut() = 0;
    /// False: this kind would forget what has arrived.
    virtual bool kill() { return false; }
};

class BrokerTarget final : public Target {
public:
    BrokerTarget() { probe_.subscribe("out/#"); }
    std::string broker() const override {
        return "out: { url: \"tcp" + at(network_) + "\", reconnect_min: 50ms, reconnect_max: 200ms }";
    }
    std::string rule() const override { return "{ mqtt: \"out/{device}\", broker: out, qos: 1 }"; }
    Arrival next() override {
        const auto message = probe_.wait_message([](const MqttMessage&) { return true; });
        return {message.topic.substr(4), std::stoi(message.payload)};
    }
    void cut() override { network_.cut(); }

private:
    Mosquitto broker_{{.more = keeps_all}};
    TcpProxy network_{broker_.port()};
    MqttProbe probe_{broker_.port()};
};

std::string outer_mesh(const TcpProxy& network) {
    return "outer: { url: \"ws" + at(network) + "\", reconnect_min: 50ms, reconnect_max: 200ms }";
}

class MeshTarget final : public Target {
public:
    MeshTarget() {
        client_.connect(mesh_.port());
        subscription_ = client_.on("/out/*", "set");
    }
    std::string mesh() const override { return outer_mesh(network_); }
    std::string rule() const override { return "{ happn: \"set /out/{device}\", mesh: outer }"; }
    Arrival next() override {
        const auto message = client_.wait_message(subscription_);
        return {message["meta"]["path"].get<std::string>().substr(5), message["data"]["value"]};
    }
    void cut() override { network_.cut(); }

private:
    JsMesh mesh_;
    TcpProxy network_{mesh_.port()};
    JsClient client_{happn_client_of("13.1.1")};
    int subscription_ = 0;
};

/// A method that writes to a file what it is called with, before it answers.
class MethodTarget final : public Target {
public:
    std::string mesh() const override { return outer_mesh(network_); }
    std::string rule() const override {
        return "{ call: \"testTools/record\", mesh: outer, args: [\"" + file().string() +
               "\", \"{device} {payload}\"] }";
    }
    Arrival next() override {
        std::string line;
        EXPECT_TRUE(eventually([&] { return read(line); }));
        const auto space = line.find(' ');
        return {line.substr(0, space), std::stoi(line.substr(space + 1))};
    }
    void cut() override { network_.cut(); }
    bool kill() override {
        mesh_.kill();
        mesh_.start();
        return true;
    }

private:
    std::filesystem::path file() const { return directory_.path() / "calls"; }
    bool read(std::string& line) {
        std::ifstream calls{file()};
        calls.seekg(read_);
        if (!std::getline(calls, line) || calls.eof()) return false;
        read_ += static_cast<std::streamoff>(line.size() + 1);
        return true;
    }

    TemporaryDirectory directory_;
    JsMesh mesh_;
    TcpProxy network_{mesh_.port()};
    std::streamoff read_ = 0;
};

class ServiceTarget final : public Target {
public:
    std::string rule() const override {
        return "{ http: \"POST http" + at(network_) +
               "/status/200\", body: { of: \"{device}\", n: \"{payload}\" } }";
    }
    Arrival next() override {
        const auto request = service_.next_request();
        const auto body = json::parse(request["body"].get<std::string>());
        return {body["of"], body["n"]};
    }
    void cut() override { network_.cut(); }

private:
    static std::uint16_t port_of(const std::string& url) {
        return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    }
    HttpService service_;
    TcpProxy network_{port_of(service_.url())};
};

// --- between them ------------------------------------------------------------------------------------------

struct Way {
    const char* name;
    std::unique_ptr<Source> (*source)();
    std::unique_ptr<Target> (*target)();
};

void PrintTo(const Way& way, std::ostream* out) {
    *out << way.name;
}

template <typename Made, typename Base>
std::unique_ptr<Base> make() {
    return std::make_unique<Made>();
}

class NothingLost : public testing::TestWithParam<Way> {
protected:
    void start() {
        auto settings = source_->settings();
        const auto replace = [&settings](const std::string& mark, const std::string& text) {
            const auto found = settings.find(mark);
            if (found == std::string::npos) {
                settings += text.empty() ? "" : "meshes: { " + text + " }\n";
            } else {
                settings.replace(found, mark.size(), text);
            }
        };
        replace("OUTER", target_->mesh());
        replace("OUT", target_->broker());
        settings += "spool: { path: \"" + spool_.path().string() + "\" }\n";
        gateway_ = std::make_unique<GatewayProcess>(
            GatewayFiles{settings,
                         {{"way.yaml",
                           "version: 1\nroutes:\n  way:\n    from: " + source_->rule() +
                               "\n    to: " + target_->rule() +
                               "\n    delivery: { guarantee: at-least-once, order: \"{device}\", "
                               "retry: { max: 100, backoff: 20ms..200ms } }\n"}}},
            StartUntil::listening);
    }

    void kill_the_gateway() {
        gateway_->kill();
        start();
    }
    void restart_the_source() {
        const std::lock_guard nobody_sends{sending_};
        if (!source_->restart()) kill_the_gateway();
    }
    void kill_the_target() {
        if (!target_->kill()) kill_the_gateway();
    }

    void do_harm(std::minstd_rand::result_type random) {
        switch (random % 5) {
            case 0:
                return source_->cut();
            case 1:
                return target_->cut();
            case 2:
                return restart_the_source();
            case 3:
                return kill_the_target();
            default:
                return kill_the_gateway();
        }
    }

    void send_all() {
        for (int number = 1; number <= numbers_; ++number) {
            const std::lock_guard sending{sending_};
            source_->send(number);
            sent_ = number;
        }
    }

    /// Of each device what has arrived, as it came first; what comes again is left out.
    void receive_all() {
        std::map<std::string, std::set<int>> known;
        std::size_t missing = devices.size() * static_cast<std::size_t>(numbers_);
        while (missing > 0) {
            const Arrival arrival = target_->next();
            if (!known[arrival.device].insert(arrival.number).second) continue;
            first_[arrival.device].push_back(arrival.number);
            --missing;
        }
    }

    std::unique_ptr<Source> source_ = GetParam().source();
    std::unique_ptr<Target> target_ = GetParam().target();
    TemporaryDirectory spool_;
    std::unique_ptr<GatewayProcess> gateway_;
    const int numbers_ = source_->numbers();
    std::mutex sending_;
    std::atomic<int> sent_ = 0;
    std::map<std::string, std::vector<int>> first_;
};

TEST_P(NothingLost, AndAllInOrder) {
    start();
    gateway_->wait_until_ready();
    std::thread sender{[this] { send_all(); }};
    std::minstd_rand random{std::random_device{}()};
    for (int fault = 1; fault <= faults; ++fault) {
        const int until = numbers_ * fault / (faults + 1) + static_cast<int>(random() % 20);
        EXPECT_TRUE(eventually([&] { return sent_ >= until; }, 3 * patience)) << sent_;
        do_harm(random());
    }
    sender.join();
    receive_all();
    std::vector<int> all(static_cast<std::size_t>(numbers_));
    std::iota(all.begin(), all.end(), 1);
    for (const auto& device : devices)
        EXPECT_EQ(first_[device], all) << device;
    EXPECT_TRUE(eventually([&] { return gateway_->route("way").pending == 0; }));
}

constexpr auto from_broker = make<BrokerSource, Source>;
constexpr auto from_mesh = make<MeshSource, Source>;

INSTANTIATE_TEST_SUITE_P(Ways,
                         NothingLost,
                         testing::Values(Way{"FromBrokerToBroker", from_broker, make<BrokerTarget, Target>},
                                         Way{"FromBrokerToMesh", from_broker, make<MeshTarget, Target>},
                                         Way{"FromBrokerToMethod", from_broker, make<MethodTarget, Target>},
                                         Way{"FromBrokerToService", from_broker, make<ServiceTarget, Target>},
                                         Way{"FromMeshToBroker", from_mesh, make<BrokerTarget, Target>},
                                         Way{"FromMeshToMesh", from_mesh, make<MeshTarget, Target>},
                                         Way{"FromMeshToMethod", from_mesh, make<MethodTarget, Target>},
                                         Way{"FromMeshToService", from_mesh, make<ServiceTarget, Target>}),
                         [](const auto& way) { return std::string{way.param.name}; });

}  // namespace
