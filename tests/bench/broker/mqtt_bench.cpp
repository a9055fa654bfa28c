// What a message to and from a real Mosquitto costs this process, as the gateway sends and receives it:
// through the bounded queue, the worker and the library. `publish` ends with the confirmation (QoS 0:
// written); `echo` also receives each message, so that what both differ by is what an arrival costs. cpu_us:
// of all threads of this process, a message.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "adapters/mqtt/egress.hpp"
#include "adapters/mqtt/paho_client.hpp"
#include "tests/support/mosquitto.hpp"

namespace gateway::mqtt {
namespace {

constexpr std::int64_t batch = 5000;  // messages an iteration
constexpr const char* topic = "devices/d1/telemetry";

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::abort();
}

/// A connection as a broker adapter has it.
class Line final : public WireEvents {
public:
    Line(const std::string& url, bool echoes) {
        egress_.start(wire_);
        ConnectRequest request;
        request.url = url;
        request.client_id = "bench";
        request.clean_start = true;
        egress_.control(request);
        ready_.wait(false);
        egress_.open(receive_maximum_);
        if (!echoes) return;
        SubscribeRequest subscribe;
        subscribe.filter = topic;
        subscribe.qos = 2;
        egress_.control(subscribe);
        subscribed_.wait(false);
    }
    ~Line() {
        egress_.finish(Clock::now() + std::chrono::seconds{1});
        egress_.join();
    }

    void publish(int qos, const Bytes& payload) {
        Publication publication;
        publication.ticket = egress_.ticket(qos);
        publication.topic = topic;
        publication.payload = payload;
        publication.qos = qos;
        if (!egress_.try_publish(std::move(publication))) fail("the queue is full");
    }
    void wait(std::int64_t published, std::int64_t arrived) {
        wait_for(published_, published);
        wait_for(arrived_, arrived);
    }

private:
    static void wait_for(std::atomic<std::int64_t>& count, std::int64_t least) {
        for (auto now = count.load(); now < least; now = count.load())
            count.wait(now);
    }
    static void raise(std::atomic<bool>& flag) {
        flag = true;
        flag.notify_all();
    }

    void on_connected(bool, ServerLimits limits) override {
        receive_maximum_ = limits.receive_maximum;
        raise(ready_);
    }
    void on_connect_failed(std::string why, ConnectFailure) override { fail(why); }
    void on_disconnected() override {}
    void on_lost(std::string why, bool) override { fail(why); }
    bool takes(std::size_t) override { return true; }
    void on_arrived(Arrival) override {
        ++arrived_;
        arrived_.notify_one();
    }
    void on_published(std::uint64_t ticket, Confirmation confirmation) override {
        if (!confirmation.failure.empty()) fail(confirmation.failure);
        egress_.done(ticket);
        ++published_;
        published_.notify_one();
    }
    void on_subscribed(std::uint64_t, int) override { raise(subscribed_); }
    void on_unsubscribed(std::uint64_t) override {}

    std::size_t receive_maximum_ = 0;
    std::atomic<bool> ready_ = false, subscribed_ = false;
    std::atomic<std::int64_t> published_ = 0, arrived_ = 0;
    PahoClient wire_{*this};
    Egress egress_{*this, {2 * batch, std::size_t{1} << 30U}};
};

support::Mosquitto& mosquitto() {
    static support::Mosquitto broker{{.more = "max_queued_messages 0\nmax_inflight_messages 100\n"}};
    return broker;
}

double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void send(benchmark::State& state, bool echoes) {
    Line line{mosquitto().url(), echoes};
    const int qos = static_cast<int>(state.range(0));
    const Bytes payload{std::string(static_cast<std::size_t>(state.range(1)), 'x')};
    std::int64_t sent = 0;
    const double before = cpu_seconds();
    for ([[maybe_unused]] auto _ : state) {
        for (std::int64_t i = 0; i < batch; ++i)
            line.publish(qos, payload);
        sent += batch;
        line.wait(sent, echoes ? sent : 0);
    }
    state.SetItemsProcessed(sent);
    state.counters["cpu_us"] = (cpu_seconds() - before) * 1e6 / static_cast<double>(sent);
}

void publish(benchmark::State& state) {
    send(state, false);
}

void echo(benchmark::State& state) {
    send(state, true);
}

void all(benchmark::internal::Benchmark* bench) {
    bench->ArgNames({"qos", "bytes"})
        ->ArgsProduct({{0, 1, 2}, {100, 4096}})
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

BENCHMARK(publish)->Apply(all);
BENCHMARK(echo)->Apply(all);

}  // namespace
}  // namespace gateway::mqtt
