// What a message costs that must not be lost: put on disk when it arrives, delivered, and taken off the disk,
// beside one that is held in memory alone. The target confirms at once, so what is left is the gateway's
// share.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/dispatcher.hpp"
#include "gateway/spool/spool.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace {

using namespace gateway;

class ConfirmingSink final : public Sink, public SinkDirectory {
public:
    void deliver(DeliveryId id, Output) override { outcomes->on_outcome(id, Outcome{}); }
    Sink* broker(std::string_view) override { return this; }
    Sink* mesh(std::string_view) override { return this; }

    Outcomes* outcomes = nullptr;
};

std::string own_file() {
    return std::filesystem::temp_directory_path() / ("happn-spool-bench-" + std::to_string(::getpid()));
}

void remove_all(const std::string& file) {
    for (const char* part : {"", "-wal", "-shm", ".lock"})
        std::filesystem::remove(file + part);
}

Message arriving() {
    Message message = mqtt_message("up/d1/telemetry", R"({"t":21.5,"b":80})");
    std::get<MqttProperties>(message.properties).qos = 1;
    return message;
}

void message_in_memory(benchmark::State& state) {
    ConfirmingSink sink;
    Metrics metrics;
    Dispatcher dispatcher{{.gateway_id = "cafe0000cafe0000"}, sink, metrics};
    sink.outcomes = &dispatcher;
    dispatcher.apply(table_of({mqtt_to_happn("up", "up/{rest...}", "/up/{rest...}")}));
    const Message message = arriving();
    for (auto _ : state)
        dispatcher.receive(message);
}

void message_by_the_spool(benchmark::State& state) {
    const std::string path = own_file();
    {
        ConfirmingSink sink;
        Metrics metrics;
        Dispatcher dispatcher{{.gateway_id = "cafe0000cafe0000"}, sink, metrics};
        sink.outcomes = &dispatcher;
        boost::asio::io_context io;
        const auto file = spool::SpoolFile::open(path, {}).value();
        spool::Spool spool{io, *file, dispatcher, metrics};
        dispatcher.guarantor(spool);
        Route route = mqtt_to_happn("up", "up/{rest...}", "/up/{rest...}");
        route.guarantee = Guarantee{};
        dispatcher.apply(table_of({std::move(route)}));
        const Message message = arriving();
        for (auto _ : state) {
            const auto kept = file->keep(message, wall_now());  // as the broker's thread does
            dispatcher.receive(message, {}, kept.value());
        }
        if (file->usage().messages != 0) state.SkipWithError("something is still in the spool");
    }
    remove_all(path);
}

BENCHMARK(message_in_memory);
BENCHMARK(message_by_the_spool);

}  // namespace
