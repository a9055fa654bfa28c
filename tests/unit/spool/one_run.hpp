// A spool with a dispatcher before a target that does what the test says.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/spool/spool.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/core/recording_sinks.hpp"
#include "tests/unit/core/table_builder.hpp"

namespace gateway::spool {

inline Route guaranteed(Guarantee guarantee = {}) {
    Route route = mqtt_to_happn("store", "rooms/{room}", "/rooms/{room}");
    route.guarantee = std::move(guarantee);
    return route;
}

/// One run of a gateway with that file.
struct OneRun {
    explicit OneRun(const std::string& path, Limits limits = {})
        : file{std::move(SpoolFile::open(path, limits)).value()} {
        dispatcher.guarantor(spool);
    }
    ~OneRun() { EXPECT_THAT(metrics.broken_sums(spool.pending()), testing::IsEmpty()); }

    void use(std::vector<Route> routes) { dispatcher.apply(table_of(std::move(routes))); }

    void receive(const std::string& topic, const std::string& payload, int qos = 1) {
        Message message = mqtt_message(topic, payload);
        std::get<MqttProperties>(message.properties).qos = qos;
        const auto kept = file->keep(message, wall_now());
        dispatcher.receive(std::move(message), {}, kept.has_error() ? 0 : *kept);
    }

    /// What the target has been handed, in order.
    std::vector<std::string> attempts() const {
        std::vector<std::string> payloads;
        for (const auto& [id, output] : sinks.node.delivered)
            payloads.push_back(output.payload.bytes.str());
        return payloads;
    }
    void answer(std::size_t attempt, Outcome outcome = {}) {
        dispatcher.on_outcome(sinks.node.delivered.at(attempt).first, std::move(outcome));
    }
    void fail(std::size_t attempt, Errc errc) {
        answer(attempt, Outcome{Error{errc, "as the test wants it"}});
    }
    std::vector<DeadLetter> letters() { return file->dead_letters(after_all, "", 10, 1000).value(); }
    std::uint64_t outcomes(Fate fate, const std::string& reason = "") {
        return metrics.route("store").outcomes[fate][reason];
    }

    boost::asio::io_context io;
    RecordingSinks sinks;
    Metrics metrics;
    std::unique_ptr<SpoolFile> file;
    Dispatcher dispatcher{{.gateway_name = "gw", .gateway_id = "cafe0000cafe0000"}, sinks, metrics};
    Spool spool{io, *file, dispatcher, metrics};
};

}  // namespace gateway::spool
