// A PROXY protocol header comes before anything that shows who sends it, and X-Forwarded-For from whoever the
// proxy passed on. A complete header is the same however much follows it, and is not read beyond its end.
#include <string>
#include <string_view>

#include "adapters/rest/forwarded.hpp"
#include "adapters/rest/proxy_header.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace {

using gateway::fuzz::require;
using rest::ProxyHeader;
using Verdict = ProxyHeader::Verdict;

void check_header(std::string_view bytes) {
    const ProxyHeader whole = rest::parse_proxy_header(bytes);
    if (whole.source) require(gateway::parse_ip(whole.source->ip).has_value(), "a client has an address");
    if (whole.verdict != Verdict::complete) return;
    require(whole.size <= bytes.size(), "a header ends within what was received");
    const ProxyHeader exact = rest::parse_proxy_header(bytes.substr(0, whole.size));
    require(exact.verdict == Verdict::complete && exact.size == whole.size, "what follows changes nothing");
    const ProxyHeader cut = rest::parse_proxy_header(bytes.substr(0, whole.size - 1));
    require(cut.verdict == Verdict::incomplete, "a header without its last byte is not complete");
}

void check_forwarded(std::string_view value) {
    static const std::vector<gateway::IpNetwork> trusted{*gateway::IpNetwork::parse("10.0.0.0/8")};
    rest::HttpRequest request;
    request.headers.push_back({"X-Forwarded-For", value});
    const std::string client = rest::client_address(request, {"10.0.0.1", 1}, trusted);
    require(gateway::parse_ip(client).has_value(), "a client has an address");
    require(rest::client_address(request, {"192.0.2.1", 1}, trusted) == "192.0.2.1",
            "strangers are not believed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    check_header(bytes);
    check_forwarded(bytes);
    return 0;
}
