#include "tests/support/gateway_process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <exception>

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/tree/tree.hpp"

namespace support {
namespace {

bool has_section(const std::string& settings, const std::string& key) {
    return settings.starts_with(key + ":") || settings.find("\n" + key + ":") != std::string::npos;
}

std::string loopback(std::uint16_t port) {
    return "\"127.0.0.1:" + std::to_string(port) + "\"";
}

std::string complete_settings(const GatewayFiles& files, std::uint16_t port, std::uint16_t admin_port) {
    std::string text = files.settings + "\n";
    const auto add = [&text](const std::string& key, const std::string& value) {
        if (!has_section(text, key)) text += key + ": " + value + "\n";
    };
    add("name", "gateway");
    add("listen", "[" + loopback(port) + "]");
    add("admin", "{ listen: " + loopback(admin_port) + " }");
    add("log", "{ level: debug, format: text }");
    if (!files.mappings.empty()) add("mappings", "[\"mappings/*.yaml\"]");
    return text;
}

httplib::Client client_of(std::uint16_t port) {
    httplib::Client client{"127.0.0.1", port};
    client.set_connection_timeout(patience);
    client.set_read_timeout(patience);
    client.set_write_timeout(patience);
    return client;
}

}  // namespace

GatewayProcess::GatewayProcess(const GatewayFiles& files, StartUntil until)
    : port_(free_port()), admin_port_(free_port()) {
    const auto config = directory_.write("gateway.yaml", complete_settings(files, port_, admin_port_));
    for (const auto& [name, text] : files.mappings)
        directory_.write("mappings/" + name, text);
    auto environment = files.environment;
    environment.emplace("GATEWAY_PORT", std::to_string(port_));
    process_.emplace(Command{.arguments = {gateway_program(), "run", "--config", config.string()},
                             .environment = std::move(environment),
                             .directory = directory_.path().string()});
    if (until == StartUntil::ready) {
        process_->wait_for_line("happn-gateway is ready");
        return;
    }
    const auto answers = [this] {
        if (!process_->running()) throw WaitFailed("the gateway ended at its start:\n" + process_->printed());
        return static_cast<bool>(admin().Get("/live"));
    };
    if (!eventually(answers)) throw WaitFailed("the gateway does not listen:\n" + process_->printed());
}

GatewayProcess::~GatewayProcess() {
    if (stopped_) return;
    if (std::uncaught_exceptions() == 0) {
        try {
            stop();
        } catch (const std::exception& failed) {
            ADD_FAILURE() << failed.what();
        }
    }
    if (::testing::Test::HasFailure()) std::cerr << "the gateway printed:\n" << process_->printed();
}

httplib::Client GatewayProcess::http() const {
    return client_of(port_);
}

httplib::Client GatewayProcess::admin() const {
    return client_of(admin_port_);
}

std::string GatewayProcess::metrics() const {
    const auto answer = admin().Get("/metrics");
    if (!answer || answer->status != 200) throw WaitFailed("no metrics:\n" + process_->printed());
    return answer->body;
}

RouteCounts GatewayProcess::route(const std::string& name) const {
    const auto routes = route_counts(metrics());
    const auto found = routes.find(name);
    if (found != routes.end()) return found->second;
    ADD_FAILURE() << "/metrics knows no route '" << name << "'";
    return {};
}

bool GatewayProcess::ready() const {
    const auto answer = admin().Get("/ready");
    return answer && answer->status == 200;
}

std::string GatewayProcess::readiness() const {
    const auto answer = admin().Get("/ready");
    return answer ? answer->body : "no answer";
}

void GatewayProcess::wait_until_ready(bool expected, std::chrono::milliseconds limit) const {
    if (eventually([this, expected] { return ready() == expected; }, limit)) return;
    throw WaitFailed(std::string{expected ? "not ready: " : "still ready: "} + readiness() + "\n" +
                     process_->printed());
}

void GatewayProcess::expect_nothing_pending() const {
    std::string text;
    const auto nothing_pending = [&] {
        text = metrics();
        return pending(text) == 0;
    };
    EXPECT_TRUE(eventually(nothing_pending)) << "messages without an outcome:\n" << text;
}

void GatewayProcess::kill() {
    stopped_ = true;
    process_->kill();
}

void GatewayProcess::stop(InFlight in_flight) {
    if (stopped_) return;
    stopped_ = true;
    if (in_flight == InFlight::nothing) expect_nothing_pending();
    expect_sum_rule(metrics());
    process_->signal(SIGTERM);
    EXPECT_EQ(process_->wait(), 0) << process_->printed();
    EXPECT_EQ(process_->printed().find("do not add up"), std::string::npos) << process_->printed();
}

}  // namespace support
