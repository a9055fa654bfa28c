// Whatever a stranger sends over HTTP, behind the parser: the surface with mapped routes and the mirror over
// a mesh that answers at once. It must not crash, must answer each request exactly once, and must not let the
// answer break the framing.
#include <cstdlib>
#include <string>
#include <vector>

#include "adapters/rest/http_surface.hpp"
#include "adapters/rest/reply_writer.hpp"
#include "gateway/json.hpp"
#include "tests/fuzz/echo_mesh.hpp"

namespace {

using namespace gateway;
using namespace gateway::fuzz;

struct World {
    explicit World(bool is_secure) : mesh{is_secure} {
        dispatcher.apply(
            std::make_shared<const RoutingTable>(echo_routes(), std::map<std::string, ComponentRule>{}));
    }
    EchoMesh mesh;
    NoSinks sinks;
    Metrics metrics;
    Dispatcher dispatcher{{}, sinks, metrics};
    rest::HttpSurface surface{{{}, {}, {}, "13.12.1"}, dispatcher, mesh, metrics};
};

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return line;
}

}  // namespace

/// Input: method, target, header lines, an empty line, the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World insecure{false};
    static World guarded{true};
    std::string_view text{reinterpret_cast<const char*>(data), size};
    rest::HttpRequest request;
    request.method = take_line(text);
    request.target = take_line(text);
    for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos)
            request.headers.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    request.body = text;
    request.ip = "127.0.0.1";
    for (World* world : {&insecure, &guarded}) {
        int replies = 0;
        std::string out;
        world->surface.handle(request, [&](rest::HttpReply&& reply) {
            ++replies;
            rest::append_reply(out, reply, {}, "now");
            const auto end = out.find("\r\n\r\n");
            const bool bodiless = reply.status == 204 || reply.status == 304;
            if (!bodiless && out.size() - end - 4 != reply.body.size())
                std::abort();  // a header split the head
            if (reply.content_type == rest::json_type && !json::valid(reply.body.view())) std::abort();
        });
        if (replies != 1) std::abort();
    }
    return 0;
}
