// What becomes of a message: its quality of service and its route's guarantee, by what happens to the gateway
// and its connections meanwhile. One message of each kind is sent in each phase, and a second one when all is
// well again: by then the first has arrived, or never will. HG_UPDATE_DOCS=1 writes the tables of
// docs/mqtt.md anew.
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/made_part.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using namespace support;

struct Kind {
    std::string name;  // of the route, a level of topics and paths
    std::string column;
    int qos;
    bool guaranteed;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{{"zero", "QoS 0", 0, false},
                                       {"one", "QoS 1", 1, false},
                                       {"two", "QoS 2", 2, false},
                                       {"one_kept", "QoS 1, at-least-once", 1, true},
                                       {"two_kept", "QoS 2, at-least-once", 2, true}};
    return all;
}

enum class Direction { to_mesh, to_broker };

/// A gateway between a broker and a mesh, with a network that fails on either side.
class Site {
public:
    explicit Site(Direction direction) : direction_{direction} {
        client_.connect(mesh_.port());
        if (direction == Direction::to_mesh)
            arrivals_ = client_.on("/up/*", "set");
        else
            device_.subscribe("down/#", 2);
    }

    void start(StartUntil until = StartUntil::ready) {
        gateway_ =
            std::make_unique<GatewayProcess>(GatewayFiles{settings(), {{"routes.yaml", routes()}}}, until);
    }
    GatewayProcess& gateway() { return *gateway_; }
    TcpProxy& source() { return direction_ == Direction::to_mesh ? to_broker_ : to_mesh_; }
    TcpProxy& target() { return direction_ == Direction::to_mesh ? to_mesh_ : to_broker_; }

    void send(int number) {
        for (const Kind& kind : kinds()) {
            if (direction_ == Direction::to_mesh)
                device_.publish(
                    {.topic = "up/" + kind.name, .payload = std::to_string(number), .qos = kind.qos});
            else
                client_.set("/down/" + kind.name, {{"value", number}});
        }
    }

    /// The gateway has all that was sent.
    void wait_until_taken() {
        for (const Kind& kind : kinds())
            EXPECT_TRUE(eventually([&] { return gateway_->route(kind.name).matched > 0; })) << kind.name;
    }

    /// What has arrived of a kind, until its number `last`.
    std::vector<int> numbers_until(const Kind& kind, int last) {
        std::vector<int>& numbers = arrived_[kind.name];
        while (std::find(numbers.begin(), numbers.end(), last) == numbers.end())
            take_next(kind);
        return numbers;
    }

private:
    void take_next(const Kind& kind) {
        if (direction_ == Direction::to_broker) {
            arrived_[kind.name].push_back(std::stoi(device_.wait_message("down/" + kind.name).payload));
            return;
        }
        const auto message = client_.wait_message(arrivals_);
        const auto path = message["meta"]["path"].get<std::string>();
        arrived_[path.substr(path.rfind('/') + 1)].push_back(message["data"]["value"]);
    }

    std::string settings() const {
        const auto url = [](const char* scheme, const TcpProxy& proxy) {
            return std::string{"{ url: \""} + scheme + "://127.0.0.1:" + std::to_string(proxy.port()) + "\"";
        };
        return "brokers: { local: " + url("tcp", to_broker_) +
               ", client_id: one, session_expiry: 1h, reconnect_min: 50ms, reconnect_max: 200ms } }\n"
               "meshes: { site: " +
               url("ws", to_mesh_) + ", reconnect_min: 50ms, reconnect_max: 200ms } }\nspool: { path: \"" +
               spool_.path().string() + "\" }\n";
    }

    std::string routes() const {
        std::string text = "version: 1\nroutes:\n";
        for (const Kind& kind : kinds()) {
            const auto qos = std::to_string(kind.qos);
            text += "  " + kind.name + ":\n";
            text += direction_ == Direction::to_mesh
                        ? "    from: { mqtt: \"up/" + kind.name + "\", qos: " + qos +
                              " }\n    to: { happn: \"set /up/" + kind.name + "\" }\n"
                        : "    from: { happn: \"on /down/" + kind.name + "\" }\n    to: { mqtt: \"down/" +
                              kind.name + "\", qos: " + qos + " }\n";
            if (kind.guaranteed)
                text += "    delivery: { guarantee: at-least-once, retry: { backoff: 50ms..200ms } }\n";
        }
        return text;
    }

    Direction direction_;
    Mosquitto mosquitto_;
    JsMesh mesh_;
    TcpProxy to_broker_{mosquitto_.port()};
    TcpProxy to_mesh_{mesh_.port()};
    MqttProbe device_{mosquitto_.port()};
    JsClient client_{happn_client_of("13.1.1")};
    TemporaryDirectory spool_;
    std::unique_ptr<GatewayProcess> gateway_;
    int arrivals_ = 0;
    std::map<std::string, std::vector<int>> arrived_;
};

/// What was known of a message before the gateway was ended, or all was well again.
using Counts = std::map<std::string, RouteCounts>;

Counts counts(Site& site) {
    Counts counts;
    for (const Kind& kind : kinds())
        counts[kind.name] = site.gateway().route(kind.name);
    return counts;
}

struct Phase {
    std::string name;
    bool breaks;  // the connection to the target, whenever that is: what of QoS 0 it has carried nobody knows
    /// From a gateway that is not started yet to one that is ready; sends the first message on the way.
    std::function<Counts(Site&)> pass;
};

Counts connected(Site& site) {
    site.start();
    site.send(1);
    return {};
}

Counts before_the_start(Site& site) {
    site.send(1);
    site.start();
    return {};
}

Counts away(Site& site, TcpProxy& connection, bool is_taken) {
    site.start();
    connection.refuse();
    site.gateway().wait_until_ready(false);
    site.send(1);
    if (is_taken) site.wait_until_taken();
    connection.accept();
    site.gateway().wait_until_ready();
    return counts(site);
}

Counts target_away(Site& site) {
    return away(site, site.target(), true);
}

Counts source_away(Site& site) {
    return away(site, site.source(), false);
}

Counts target_silent(Site& site) {
    site.start();
    site.target().stall();
    site.send(1);
    site.wait_until_taken();
    site.target().refuse();
    site.gateway().wait_until_ready(false);
    site.target().resume();
    site.target().accept();
    site.gateway().wait_until_ready();
    return counts(site);
}

Counts stopped(Site& site) {
    site.start();
    site.gateway().stop();
    site.send(1);
    site.start();
    return {};
}

Counts stopped_with_its_target_away(Site& site) {
    site.start();
    site.target().refuse();
    site.gateway().wait_until_ready(false);
    site.send(1);
    site.wait_until_taken();
    const auto before = counts(site);
    site.gateway().stop(InFlight::something);
    site.target().accept();
    site.start();
    return before;
}

Counts killed(Site& site) {
    site.start();
    site.target().stall();
    site.send(1);
    site.wait_until_taken();
    const auto before = counts(site);
    site.gateway().kill();
    site.target().cut();
    site.target().resume();
    site.start();
    return before;
}

Counts reloaded(Site& site) {
    site.start();
    site.gateway().process().signal(SIGHUP);
    site.send(1);
    site.gateway().process().wait_for_line("reloaded");
    return {};
}

std::string fate(const std::vector<int>& arrived, const RouteCounts& known) {
    const auto times = std::count(arrived.begin(), arrived.end(), 1);
    if (times == 1) return arrived.front() == 1 ? "delivered" : "delivered, out of order";
    if (times > 1) return "delivered again";
    if (known.matched == 0) return "lost: it never came here";
    if (known.pending > 0) return "lost with the gateway";
    if (known.outcome("delivered") > 0) return "lost: counted as delivered";
    return "lost: counted (`" + known.reasons.begin()->first + "`)";
}

std::string row(Direction direction, const Phase& phase) {
    Site site{direction};
    const auto before = phase.pass(site);
    site.send(2);
    std::string text = "| " + phase.name + " |";
    for (const Kind& kind : kinds()) {
        const auto arrived = site.numbers_until(kind, 2);
        const auto known = before.find(kind.name);
        const bool is_open = phase.breaks && direction == Direction::to_broker && kind.qos == 0;
        text +=
            " " +
            (is_open ? "may be lost" : fate(arrived, known == before.end() ? RouteCounts{} : known->second)) +
            " |";
    }
    return text + "\n";
}

std::string table(Direction direction, const std::string& source, const std::string& target) {
    const std::vector<Phase> phases{
        {"before the first start", false, before_the_start},
        {"connected", false, connected},
        {"the " + source + " is away", false, source_away},
        {"the " + target + " is away", false, target_away},
        {"the " + target + " falls silent, and the connection breaks", true, target_silent},
        {"the mappings are reloaded", false, reloaded},
        {"between a stop and the next start", false, stopped},
        {"before a stop, the " + target + " away", false, stopped_with_its_target_away},
        {"before it is killed, the " + target + " silent", true, killed}};
    std::string head = "| when it is sent |";
    std::string line = "|---|";
    for (const Kind& kind : kinds()) {
        head += " " + kind.column + " |";
        line += "---|";
    }
    std::string text = head + "\n" + line + "\n";
    for (const Phase& phase : phases)
        text += row(direction, phase);
    return text;
}

TEST(DeliveryTable, FromTheBrokerToTheMeshIsWhatTheDocsSay) {
    expect_in_docs(
        "from the broker to the mesh", table(Direction::to_mesh, "broker", "mesh"), "docs/mqtt.md");
}

TEST(DeliveryTable, FromTheMeshToTheBrokerIsWhatTheDocsSay) {
    expect_in_docs(
        "from the mesh to the broker", table(Direction::to_broker, "mesh", "broker"), "docs/mqtt.md");
}

}  // namespace
