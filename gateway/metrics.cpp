#include "gateway/metrics.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace gateway {
namespace {

constexpr std::array<double, 12> latency_bounds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10};

void append(std::string& out, std::string_view name, std::string_view labels, const std::string& value) {
    out += "happn_gateway_";
    out += name;
    if (!labels.empty()) {
        out += '{';
        out += labels;
        out += '}';
    }
    out += ' ';
    out += value;
    out += '\n';
}

void append_head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
    out += "# HELP happn_gateway_" + std::string{name} + ' ' + std::string{help} + '\n';
    out += "# TYPE happn_gateway_" + std::string{name} + ' ' + std::string{type} + '\n';
}

/// A label value: backslash, quote and line feed are escaped (text format 0.0.4).
std::string label(std::string_view name, std::string_view value) {
    std::string text{name};
    text += "=\"";
    for (const char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n') {
            text += "\\n";
        } else {
            text += c;
        }
    }
    text += '"';
    return text;
}

std::string number(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15)
        return std::to_string(static_cast<long long>(value));
    std::string text = std::to_string(value);
    while (text.back() == '0')
        text.pop_back();
    return text;
}

std::string bound(double value) {
    return value < 0.001 ? "0.0005" : number(value);
}

void append_latency(std::string& out, const std::string& route, const RouteCounters& counters) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < latency_bounds.size(); ++i) {
        below += counters.latency_buckets.empty() ? 0 : counters.latency_buckets[i];
        append(out,
               "route_seconds_bucket",
               route + ',' + label("le", bound(latency_bounds[i])),
               std::to_string(below));
    }
    append(out, "route_seconds_bucket", route + ",le=\"+Inf\"", std::to_string(counters.latency_count));
    append(out, "route_seconds_sum", route, std::to_string(counters.latency_sum));
    append(out, "route_seconds_count", route, std::to_string(counters.latency_count));
}

std::uint64_t pending_of(std::string_view route, const Pending& pending) {
    const auto found = pending.find(route);
    return found == pending.end() ? 0 : found->second;
}

std::uint64_t ended_of(const RouteCounters& counters) {
    std::uint64_t sum = 0;
    for (const auto& [fate, reasons] : counters.outcomes) {
        for (const auto& [reason, times] : reasons)
            sum += times;
    }
    return sum;
}

}  // namespace

std::string_view fate_name(Fate fate) {
    switch (fate) {
        case Fate::delivered:
            return "delivered";
        case Fate::filtered:
            return "filtered";
        case Fate::refused:
            return "refused";
        case Fate::dropped:
            return "dropped";
        case Fate::dead:
            return "dead";
    }
    return "dropped";
}

RouteCounters& Metrics::route(std::string_view name) {
    const auto found = routes_.find(name);
    if (found != routes_.end()) return found->second;
    return routes_.emplace(std::string{name}, RouteCounters{}).first->second;
}

void Metrics::count(std::string_view name, std::uint64_t n) {
    const auto found = counters_.find(name);
    if (found != counters_.end()) {
        found->second += n;
    } else {
        counters_.emplace(std::string{name}, n);
    }
}

void Metrics::gauge(std::string_view name, double value) {
    const auto found = gauges_.find(name);
    if (found != gauges_.end()) {
        found->second = value;
    } else {
        gauges_.emplace(std::string{name}, value);
    }
}

void Metrics::matched(RouteCounters& route, std::size_t bytes) {
    ++route.matched;
    route.bytes_in += bytes;
}

void Metrics::ended(RouteCounters& route, Fate fate, std::string_view reason, Duration latency) {
    ++route.outcomes[fate][std::string{reason}];
    const double seconds = std::chrono::duration<double>(latency).count();
    if (route.latency_buckets.empty()) route.latency_buckets.resize(latency_bounds.size());
    for (std::size_t i = 0; i < latency_bounds.size(); ++i) {
        if (seconds > latency_bounds[i]) continue;
        ++route.latency_buckets[i];
        break;
    }
    route.latency_sum += seconds;
    ++route.latency_count;
}

std::vector<std::string> Metrics::broken_sums(const Pending& pending) const {
    std::vector<std::string> broken;
    for (const auto& [name, counters] : routes_) {
        const std::uint64_t ended = ended_of(counters);
        const std::uint64_t open = pending_of(name, pending);
        if (counters.matched + counters.recovered == ended + open) continue;
        broken.push_back(fmt::format("route {}: {} matched, {} recovered, {} ended, {} pending",
                                     name,
                                     counters.matched,
                                     counters.recovered,
                                     ended,
                                     open));
    }
    return broken;
}

std::string Metrics::text(const std::vector<ConnectionState>& connections, const Pending& pending) const {
    std::string out;
    append_head(out, "route_matched_total", "counter", "Messages that entered a route.");
    for (const auto& [name, counters] : routes_)
        append(out, "route_matched_total", label("route", name), std::to_string(counters.matched));
    append_head(out, "route_recovered_total", "counter", "Messages that were in the spool at the start.");
    for (const auto& [name, counters] : routes_)
        append(out, "route_recovered_total", label("route", name), std::to_string(counters.recovered));
    append_head(out, "route_outcome_total", "counter", "How they ended, by reason.");
    for (const auto& [name, counters] : routes_) {
        for (const auto& [fate, reasons] : counters.outcomes) {
            for (const auto& [reason, times] : reasons)
                append(out,
                       "route_outcome_total",
                       label("route", name) + ',' + label("outcome", fate_name(fate)) + ',' +
                           label("reason", reason),
                       std::to_string(times));
        }
    }
    append_head(out, "route_pending", "gauge", "Messages on a route without an outcome yet.");
    for (const auto& [name, counters] : routes_)
        append(out, "route_pending", label("route", name), std::to_string(pending_of(name, pending)));
    append_head(out, "route_bytes_total", "counter", "Payload bytes that entered a route.");
    for (const auto& [name, counters] : routes_)
        append(out, "route_bytes_total", label("route", name), std::to_string(counters.bytes_in));
    append_head(out, "route_outputs_total", "counter", "Deliveries that a target has confirmed.");
    for (const auto& [name, counters] : routes_)
        append(out, "route_outputs_total", label("route", name), std::to_string(counters.outputs));
    append_head(out, "route_seconds", "histogram", "From entering a route to its outcome.");
    for (const auto& [name, counters] : routes_)
        append_latency(out, label("route", name), counters);
    append_head(out, "connection_ready", "gauge", "1: connected, logged in and subscribed.");
    for (const ConnectionState& connection : connections) {
        const std::string labels = label("kind", connection.kind) + ',' + label("name", connection.name);
        append(out, "connection_ready", labels, connection.ready ? "1" : "0");
    }
    append_head(out, "connection_reconnects_total", "counter", "Times a connection was made again.");
    for (const ConnectionState& connection : connections) {
        const std::string labels = label("kind", connection.kind) + ',' + label("name", connection.name);
        append(out, "connection_reconnects_total", labels, std::to_string(connection.reconnects));
    }
    for (const auto& [name, value] : counters_) {
        append_head(out, name + "_total", "counter", "Counted since the start.");
        append(out, name + "_total", "", std::to_string(value));
    }
    for (const auto& [name, value] : gauges_) {
        append_head(out, name, "gauge", "As of now.");
        append(out, name, "", number(value));
    }
    return out;
}

}  // namespace gateway
