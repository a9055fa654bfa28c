// More at once than the MQTT library likes to be given: all of it is written, or waits its turn.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "adapters/mqtt/egress.hpp"
#include "adapters/mqtt/paho_client.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/mosquitto.hpp"

namespace gateway::mqtt {
namespace {

using support::eventually;

/// Counts what becomes of publications.
class Counter final : public WireEvents {
public:
    explicit Counter(const std::string& url) {
        egress_.start(wire_);
        ConnectRequest request;
        request.url = url;
        request.client_id = "flood";
        request.clean_start = true;
        egress_.control(request);
        EXPECT_TRUE(eventually([this] { return connected_.load(); }));
        egress_.open(receive_maximum_);
    }
    ~Counter() override {
        egress_.finish(Clock::now());
        egress_.join();
    }

    void publish(int qos) {
        Publication publication;
        publication.ticket = egress_.ticket(qos);
        publication.topic = "flood";
        publication.payload = Bytes{std::string{"x"}};
        publication.qos = qos;
        EXPECT_TRUE(egress_.try_publish(std::move(publication)));
    }
    int confirmed() const { return confirmed_; }
    int failed() const { return failed_; }

private:
    void on_connected(bool, ServerLimits limits) override {
        receive_maximum_ = limits.receive_maximum;
        connected_ = true;
    }
    void on_published(std::uint64_t ticket, Confirmation confirmation) override {
        egress_.done(ticket);
        ++(confirmation.failure.empty() ? confirmed_ : failed_);
    }
    void on_connect_failed(std::string, ConnectFailure) override {}
    void on_disconnected() override {}
    void on_lost(std::string, bool) override {}
    bool takes(std::size_t) override { return true; }
    void on_arrived(Arrival) override {}
    void on_subscribed(std::uint64_t, int) override {}
    void on_unsubscribed(std::uint64_t) override {}

    std::atomic<bool> connected_ = false;
    std::size_t receive_maximum_ = 0;
    std::atomic<int> confirmed_ = 0, failed_ = 0;
    PahoClient wire_{*this};
    Egress egress_{*this, {10'000, std::size_t{1} << 20U}};
};

class EgressFlood : public testing::TestWithParam<int> {};

TEST_P(EgressFlood, IsConfirmedMessageByMessage) {
    constexpr int messages = 5000;
    support::Mosquitto mosquitto;
    Counter counter{mosquitto.url()};
    for (int i = 0; i < messages; ++i)
        counter.publish(GetParam());
    EXPECT_TRUE(eventually([&] { return counter.confirmed() + counter.failed() == messages; }));
    EXPECT_EQ(counter.failed(), 0);
}

INSTANTIATE_TEST_SUITE_P(Qos, EgressFlood, testing::Values(0, 1, 2), testing::PrintToStringParamName());

}  // namespace
}  // namespace gateway::mqtt
