#include "adapters/rest/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace rest {
namespace {

constexpr int level = 4;                   // of 9: beyond it, time grows faster than the gain
constexpr int gzip_window = 15 + 16;       // largest window, gzip's header
constexpr int memory = 8;                  // zlib's default: 256 KiB a stream
constexpr std::size_t slice = 64u * 1024;  // of input: about a millisecond
constexpr std::size_t first_output = 16u * 1024;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// "q=0", "q=0.0" ...: refused.
bool is_refused(std::string_view parameters) {
    const auto at = parameters.find("q=");
    if (at == std::string_view::npos) return false;
    const std::string_view weight = trimmed(parameters.substr(at + 2));
    return !weight.empty() && std::ranges::all_of(weight, [](char c) { return c == '0' || c == '.'; });
}

bool is_text(std::string_view type) {
    static constexpr std::array<std::string_view, 6> known{"application/json",
                                                           "application/xml",
                                                           "application/javascript",
                                                           "application/x-ndjson",
                                                           "application/yaml",
                                                           "image/svg+xml"};
    return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
           std::ranges::find(known, type) != known.end();
}

const std::string* header_of(const HttpReply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers)
        if (equal_ignoring_case(key, name)) return &value;
    return nullptr;
}

}  // namespace

bool accepts_gzip(const HttpRequest& request) {
    bool all = false;
    for (const Header& header : request.headers) {
        if (!equal_ignoring_case(header.name, "accept-encoding")) continue;
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const std::string_view element = rest.substr(0, comma);
            const auto semicolon = element.find(';');
            const std::string_view name = trimmed(element.substr(0, semicolon));
            const bool refused =
                semicolon != std::string_view::npos && is_refused(element.substr(semicolon + 1));
            if (equal_ignoring_case(name, "gzip") || equal_ignoring_case(name, "x-gzip")) return !refused;
            if (name == "*") all = !refused;
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return all;
}

bool is_compressible(const HttpReply& reply, std::size_t minimum) {
    if (reply.body.size() < minimum || reply.status == 204 || reply.status == 205 || reply.status == 206)
        return false;
    if (!is_text(media_type(reply.content_type)) || header_of(reply, "content-encoding") != nullptr)
        return false;
    const std::string* caching = header_of(reply, "cache-control");
    return caching == nullptr || !has_list_element(*caching, "no-transform");
}

void add_vary(HttpReply& reply) {
    for (auto& [name, value] : reply.headers) {
        if (!equal_ignoring_case(name, "vary")) continue;
        if (value != "*" && !has_list_element(value, "accept-encoding")) value += ", Accept-Encoding";
        return;
    }
    reply.headers.emplace_back("Vary", "Accept-Encoding");
}

struct Gzip::Stream {
    z_stream zlib{};
    std::string_view left;
    std::size_t limit = 0;  // a larger result is no gain
    std::string out;
    bool failed = false;
    bool made = false;
};

Gzip::Gzip(std::string_view body) : stream_{std::make_unique<Stream>()} {
    Stream& at = *stream_;
    at.left = body;
    at.limit = body.size();
    at.made = deflateInit2(&at.zlib, level, Z_DEFLATED, gzip_window, memory, Z_DEFAULT_STRATEGY) == Z_OK;
    at.failed = !at.made;
}

Gzip::~Gzip() {
    if (stream_->made) deflateEnd(&stream_->zlib);
}

bool Gzip::step() {
    Stream& at = *stream_;
    if (at.failed) return true;
    const std::size_t size = std::min(slice, at.left.size());
    const bool last = size == at.left.size();
    at.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(at.left.data()));  // zlib only reads it
    at.zlib.avail_in = static_cast<uInt>(size);
    at.left.remove_prefix(size);
    int result = Z_OK;
    do {
        const std::size_t used = at.zlib.total_out;
        if (at.out.size() == used) at.out.resize(std::max(first_output, used * 2));
        at.zlib.next_out = reinterpret_cast<Bytef*>(at.out.data() + used);
        at.zlib.avail_out = static_cast<uInt>(at.out.size() - used);
        result = deflate(&at.zlib, last ? Z_FINISH : Z_NO_FLUSH);
        at.failed = result == Z_STREAM_ERROR || at.zlib.total_out >= at.limit;
    } while (!at.failed && at.zlib.avail_out == 0);
    return at.failed || last;
}

std::string Gzip::take() {
    Stream& at = *stream_;
    if (at.failed) return {};
    at.out.resize(at.zlib.total_out);
    return std::move(at.out);
}

void set_compressed(HttpReply& reply, std::string body) {
    reply.body = gateway::Bytes{std::move(body)};
    reply.headers.emplace_back("Content-Encoding", "gzip");
    for (auto& [name, value] : reply.headers)
        if (equal_ignoring_case(name, "etag") && !value.starts_with("W/")) value.insert(0, "W/");
}

}  // namespace rest
