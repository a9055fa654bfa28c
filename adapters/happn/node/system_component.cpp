#include "adapters/happn/node/system_component.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "adapters/happn/frame.hpp"

namespace happn::node {

namespace {

using Json = nlohmann::ordered_json;

constexpr double shortest_interval = 0.001;  // seconds

constexpr const char* architecture =
#if defined(__x86_64__)
    "x64";
#elif defined(__aarch64__)
    "arm64";
#elif defined(__arm__)
    "arm";
#elif defined(__i386__)
    "ia32";
#else
    "unknown";
#endif

double seconds_between(gateway::TimePoint from, gateway::TimePoint to) {
    return std::chrono::duration<double>(to - from).count();
}

double rounded(double value, double steps) {
    return std::round(value * steps) / steps;
}

double cpu_seconds_used() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string processor_model() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

/// Milliseconds since the machine was started, for each processor.
Json processors() {
    static const std::string model = processor_model();
    const auto tick = 1000 / std::max(1L, sysconf(_SC_CLK_TCK));
    Json list = Json::array();
    std::ifstream file{"/proc/stat"};
    for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
        std::istringstream fields{line};
        std::string name;
        std::int64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0;
        fields >> name >> user >> nice >> system >> idle >> waiting >> interrupts;
        if (name == "cpu") {  // the sum of all
            continue;
        }
        Json times{{"user", user * tick},
                   {"nice", nice * tick},
                   {"sys", system * tick},
                   {"idle", idle * tick},
                   {"irq", interrupts * tick}};
        list.push_back(Json{{"model", model}, {"speed", 0}, {"times", std::move(times)}});
    }
    return list;
}

Json machine_facts(const std::string& node_name, const std::string& version) {
    struct sysinfo memory {};
    sysinfo(&memory);
    const auto unit = std::uint64_t{memory.mem_unit};
    return Json{{"host", node_name},
                {"type", "Linux"},
                {"platform", "linux"},
                {"arch", architecture},
                {"release", ""},
                {"totalmem", memory.totalram * unit},
                {"freemem", memory.freeram * unit},
                {"cpus", processors()},
                {"happnerVersion", version}};
}

Json process_memory() {
    std::uint64_t size = 0, resident = 0;
    std::ifstream{"/proc/self/statm"} >> size >> resident;
    const auto page = static_cast<std::uint64_t>(std::max(1L, sysconf(_SC_PAGESIZE)));
    const auto heap = mallinfo2();
    return Json{{"rss", resident * page},
                {"heapTotal", heap.arena + heap.hblkhd},
                {"heapUsed", heap.uordblks + heap.hblkhd},
                {"vsize", size * page}};
}

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

gateway::Response answer(std::string json) {
    gateway::Response response;
    response.body = {gateway::Bytes{std::move(json)}, gateway::Encoding::json, "application/json"};
    return response;
}

}  // namespace

SystemComponent::SystemComponent(std::string node_name, std::string version)
    : node_name_{std::move(node_name)},
      version_{std::move(version)},
      started_{gateway::Clock::now()},
      measured_{started_},
      cpu_seconds_{cpu_seconds_used()} {}

const std::string& SystemComponent::machine(gateway::TimePoint now) {
    if (machine_.empty() || now - machine_read_ >= std::chrono::seconds{1}) {
        machine_ = dumped(machine_facts(node_name_, version_));
        machine_read_ = now;
    }
    return machine_;
}

gateway::Response SystemComponent::info() {
    return answer(machine(gateway::Clock::now()));
}

gateway::Response SystemComponent::stats() {
    const auto now = gateway::Clock::now();
    const auto interval = std::max(shortest_interval, seconds_between(std::exchange(measured_, now), now));
    const auto used = cpu_seconds_used();
    const auto busy = used - std::exchange(cpu_seconds_, used);

    std::string system;
    ObjectWriter{system}
        .spread(machine(now))
        .number("upTime", static_cast<std::int64_t>(seconds_between(started_, now) * 1000))
        .text("meshName", node_name_)
        .end();
    Json memory = process_memory();
    Json usage;
    usage["memory"] = memory["rss"];
    usage["memoryInfo"] = std::move(memory);
    usage["cpu"] = rounded(100 * busy / interval, 10);  // per cent of one processor
    std::string stats;
    ObjectWriter{stats}
        .raw("measurementInterval", Json(rounded(interval, 1000)).dump())
        .raw("system", system)
        .number("timestamp", gateway::wall_now())
        .raw("usage", dumped(usage))
        .end();
    return answer(std::move(stats));
}

}  // namespace happn::node
