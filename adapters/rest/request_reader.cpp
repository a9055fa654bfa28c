#include "adapters/rest/request_reader.hpp"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <utility>

#include "adapters/rest/chunked_body.hpp"
#include "adapters/rest/head_scanner.hpp"
#include "adapters/rest/http_status.hpp"
#include "adapters/rest/request_head.hpp"

namespace rest {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::empty_body>;  // of heads

constexpr std::size_t most_reserved = 64u * 1024;  // for a body that is announced, before any of it is there
constexpr std::size_t first_read = 2u * 1024;      // what most requests fit in
constexpr std::size_t read_ahead = 64u * 1024;     // bytes of later requests, or of a body, held at once
constexpr std::size_t kept_capacity = 16u * 1024;  // of the buffer between requests
constexpr std::size_t parser_slack = 16;           // the scanner has the say, not the parser

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

HttpReply invalid(std::string_view why) {
    return problem(400, "this is no valid HTTP request: " + std::string{why});
}

HttpReply too_large() {
    return problem(413, "the request's body is too large");
}

HttpReply refusal_of(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return problem(431, "the request's head is too large");
    if (error == http::error::bad_version) return problem(505, "HTTP/1.1 and HTTP/1.0 are spoken here");
    return invalid(error.message());
}

}  // namespace

struct RequestReader::Parts {
    explicit Parts(std::size_t limit) : header_limit{limit}, buffer{limit + read_ahead} {}

    std::string_view unread() const {
        return {static_cast<const char*>(buffer.data().data()), buffer.size()};
    }

    Progress take_chunks(std::string_view& received);
    Progress take_counted(std::string_view& received);

    Progress fail(HttpReply reply) {
        refusal = std::move(reply);
        return Progress::failed;
    }

    std::size_t header_limit;
    beast::flat_buffer buffer;
    std::optional<HeadScanner> scanner;
    std::optional<Parser> parser;
    std::optional<HttpReply> refusal;
    std::size_t next_read = first_read;
    std::optional<ChunkedBody> chunks;
    std::size_t body_limit = 0;
    std::size_t to_come = 0;  // of a body with a Content-Length
    std::string body;
    bool wanted = true;  // or it is only read
};

RequestReader::Progress RequestReader::Parts::take_chunks(std::string_view& received) {
    switch (chunks->take(received, body)) {
        case ChunkedBody::Verdict::incomplete:
            return Progress::needs_more;
        case ChunkedBody::Verdict::complete:
            return Progress::done;
        case ChunkedBody::Verdict::malformed:
            return fail(invalid(chunks->problem()));
        case ChunkedBody::Verdict::too_large:
            return fail(too_large());
        case ChunkedBody::Verdict::too_much_around:
            break;
    }
    return fail(problem(413, "the request's body has too much around its chunks"));
}

RequestReader::Progress RequestReader::Parts::take_counted(std::string_view& received) {
    if (to_come > body_limit) return fail(too_large());
    const std::string_view part = received.substr(0, to_come);
    body += part;
    received.remove_prefix(part.size());
    to_come -= part.size();
    return to_come == 0 ? Progress::done : Progress::needs_more;
}

RequestReader::RequestReader(std::size_t header_limit) : parts_{std::make_unique<Parts>(header_limit)} {
    start();
}

RequestReader::~RequestReader() = default;

boost::asio::mutable_buffer RequestReader::prepare() {
    auto& buffer = parts_->buffer;
    return buffer.prepare(std::min(parts_->next_read, buffer.max_size() - buffer.size()));
}

void RequestReader::commit(std::size_t size) {
    parts_->buffer.commit(size);
}

void RequestReader::start() {
    forget_body();
    parts_->parser.reset();
    parts_->refusal.reset();
    parts_->scanner.emplace(parts_->header_limit);
    parts_->next_read = first_read;
}

RequestReader::Progress RequestReader::read_head(HttpRequest& request) {
    Parts& at = *parts_;
    switch (at.scanner->scan(at.unread())) {
        case HeadScanner::Verdict::incomplete:
            return Progress::needs_more;
        case HeadScanner::Verdict::too_large:
            return at.fail(problem(431, "the request's head is too large"));
        case HeadScanner::Verdict::malformed:
            return at.fail(invalid(at.scanner->problem()));
        case HeadScanner::Verdict::complete:
            break;
    }
    Parser& parser = at.parser.emplace();
    parser.header_limit(static_cast<std::uint32_t>(at.header_limit + parser_slack));
    parser.body_limit(boost::none);  // decided when the head is known
    error_code error;
    at.buffer.consume(at.scanner->blank());
    const std::size_t head = at.scanner->size() - at.scanner->blank();
    at.buffer.consume(parser.put(boost::asio::const_buffer{at.buffer.data().data(), head}, error));
    if (error == http::error::need_more || (!error && !parser.is_header_done()))
        error = http::error::bad_field;
    if (error) return at.fail(refusal_of(error));

    const auto& message = parser.get();
    request.method = view(message.method_string());
    request.target = view(message.target());
    request.body = {};
    request.headers.clear();
    for (const auto& field : message)
        request.headers.push_back({view(field.name_string()), view(field.value())});
    if (auto refusal = check_head(request, is_old())) return at.fail(*std::move(refusal));
    return Progress::done;
}

bool RequestReader::has_body() const {
    return !parts_->parser->is_done();
}

std::optional<std::size_t> RequestReader::announced_body() const {
    const auto length = parts_->parser->content_length();
    if (!length) return std::nullopt;
    return static_cast<std::size_t>(*length);
}

bool RequestReader::keep_alive() const {
    return parts_->parser->keep_alive();
}

bool RequestReader::is_old() const {
    return parts_->parser->get().version() < 11;
}

void RequestReader::limit_body(std::size_t limit) {
    Parts& at = *parts_;
    at.body_limit = limit;
    at.chunks.reset();
    at.to_come = announced_body().value_or(0);
    if (at.parser->chunked()) at.chunks.emplace(limit);
    at.body.reserve(std::min({at.to_come, limit, most_reserved}));
    at.wanted = true;
    at.next_read = std::clamp(announced_body().value_or(read_ahead), first_read, read_ahead);
}

void RequestReader::discard_body(std::size_t limit) {
    limit_body(limit);
    parts_->wanted = false;
}

RequestReader::Progress RequestReader::read_body(HttpRequest& request) {
    Parts& at = *parts_;
    std::string_view received = at.unread();
    const Progress progress = at.chunks ? at.take_chunks(received) : at.take_counted(received);
    at.buffer.consume(at.buffer.size() - received.size());
    if (!at.wanted) at.body.clear();
    if (progress == Progress::done) request.body = at.body;
    return progress;
}

std::size_t RequestReader::held() const {
    return parts_->body.size();
}

void RequestReader::forget_body() {
    std::string{}.swap(parts_->body);
}

HttpReply RequestReader::refusal() {
    return *std::exchange(parts_->refusal, std::nullopt);
}

bool RequestReader::has_unread() const {
    return parts_->buffer.size() > 0;
}

std::string RequestReader::take_unread() {
    std::string unread{parts_->unread()};
    parts_->buffer.consume(unread.size());
    return unread;
}

void RequestReader::rest() {
    auto& buffer = parts_->buffer;
    if (buffer.size() == 0 && buffer.capacity() > kept_capacity) buffer.shrink_to_fit();
}

void RequestReader::let_go() {
    start();
    parts_->buffer.clear();
    parts_->buffer.shrink_to_fit();
}

}  // namespace rest
