// As many streams of a real mesh as one session can have: each on a path of its own, and readers that share
// one.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/end_to_end.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/file_limit.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/tree/tree.hpp"

namespace {

using namespace support;

#ifdef NDEBUG
constexpr bool optimized = true;
#else
constexpr bool optimized = false;
#endif

/// A sanitizer's build opens them too slowly for more.
const bool fast = optimized && !tests_another_build();
const std::size_t readers = fast ? 10'000 : 3'000;
constexpr std::size_t paths = 7'900;             // so that some have two readers
constexpr std::size_t share_of_streams = 8'000;  // of the paths that a session subscribes to

const std::string streams = R"(
version: 1
routes:
  one:
    from: { http: "GET /one/{n}" }
    to: { stream: { happn: "on /one/{n}" }, heartbeat: 1h }
)";

const std::string source = R"(
  later:
    from: { happn: "on /later/{n}" }
    to: { happn: "set /copies/{n}" }
)";

class ManyStreamsOfAMesh : public testing::Test {
protected:
    ManyStreamsOfAMesh() {
        mappings.write("streams.yaml", streams);
        gateway.emplace(GatewayFiles{.settings = mesh_settings(mesh) +
                                                 "log: { level: info, format: text }\nmappings: [\"" +
                                                 (mappings.path() / "*.yaml").string() + "\"]\n",
                                     .mappings = {}});
        publisher.connect(mesh.port());
    }

    RawClient reader_of(std::size_t path) {
        RawClient client{gateway->port(), io};
        client.send("GET /one/" + std::to_string(path) + " HTTP/1.1\r\nHost: gateway\r\n\r\n");
        return client;
    }
    static int status(RawClient& client) {
        const std::string head = client.read_until("\r\n\r\n");
        return head.starts_with("HTTP/1.1 ") ? std::stoi(head.substr(9)) : 0;
    }
    void open_all() {
        clients.reserve(readers + share_of_streams - paths);
        while (clients.size() < readers)
            clients.push_back(reader_of(clients.size() % paths));
        for (RawClient& client : clients)
            ASSERT_EQ(status(client), 200);
    }
    int status_of_another(std::size_t path) {
        RawClient client = reader_of(path);
        return status(client);
    }
    /// Until a stream is refused: how many paths there are then.
    std::size_t open_further_paths() {
        std::size_t path = paths;
        for (;; ++path) {
            RawClient client = reader_of(path);
            if (status(client) != 200) return path;
            clients.push_back(std::move(client));
        }
    }
    void close_all_readers_of(std::size_t path) {
        for (std::size_t reader = path; reader < readers; reader += paths)
            clients[reader].close();
    }
    void expect_told(std::size_t path) {
        publisher.set("/one/" + std::to_string(path), {{"n", path}});
        const std::string data = "data: {\"n\":" + std::to_string(path) + "}\n\n";
        for (std::size_t reader = path; reader < readers; reader += paths)
            EXPECT_NE(clients[reader].read_until(data).find(data), std::string::npos) << reader;
    }
    void add_source() {
        mappings.write("streams.yaml", streams + source);
        const std::size_t seen = gateway->process().line_count();
        gateway->process().signal(SIGHUP);
        gateway->process().wait_for_line("reloaded: ", patience, seen);
        gateway->wait_until_ready();
    }

    TemporaryDirectory mappings;
    JsMesh mesh{{.generation = "13.1.1"}};
    std::optional<GatewayProcess> gateway;
    JsClient publisher{happn_client_of("13.1.1")};
    std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>();
    std::vector<RawClient> clients;
};

TEST_F(ManyStreamsOfAMesh, AreToldWhatIsPublishedAndLeaveRoomForRoutes) {
    allow_files(readers + 300);
    open_all();
    EXPECT_EQ(gateway->route("one").pending, readers);
    for (const std::size_t path : {std::size_t{0}, std::size_t{2'000}, std::min(paths, readers) - 1})
        expect_told(path);
    if (!fast) return;

    const std::size_t opened = open_further_paths();
    EXPECT_GT(opened, share_of_streams - 10) << "a few are the gateway's own";
    EXPECT_LE(opened, share_of_streams);
    EXPECT_EQ(status_of_another(opened), 503);
    EXPECT_EQ(status_of_another(0), 200) << "a path that is subscribed to already";

    add_source();
    publisher.set("/later/7", {{"n", 7}});
    EXPECT_TRUE(eventually([&] { return publisher.get("/copies/7").is_object(); }));

    for (std::size_t path = 0; path < 10; ++path)
        close_all_readers_of(path);
    EXPECT_TRUE(eventually([&] { return status_of_another(opened) == 200; })) << "there is room again";
}

}  // namespace
