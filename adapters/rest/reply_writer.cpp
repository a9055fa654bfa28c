#include "adapters/rest/reply_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "adapters/rest/header_text.hpp"
#include "adapters/rest/http_status.hpp"
#include "gateway/clock.hpp"

namespace rest {
namespace {

constexpr std::size_t usual_head_size = 256;
constexpr int reset_content = 205;  // has a length, which is 0

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

bool is_of_the_connection(std::string_view name) {
    static constexpr std::array<std::string_view, 6> own{
        "content-length", "transfer-encoding", "connection", "date", "keep-alive", "trailer"};
    return std::ranges::any_of(own, [&](std::string_view one) { return equal_ignoring_case(name, one); });
}

bool names_a_protocol(const HttpReply& reply) {
    return std::ranges::any_of(
        reply.headers, [](const auto& header) { return equal_ignoring_case(header.first, "upgrade"); });
}

void append_length(std::string& out, std::size_t length) {
    out += "Content-Length: ";
    append_number(out, length);
    out += "\r\n";
}

void append_connection(std::string& out, const HttpReply& reply, ReplyFraming framing) {
    std::string_view option;
    if (!framing.keep_alive) option = "close";
    if (framing.keep_alive && framing.old_client) option = "keep-alive";
    const bool upgrade = names_a_protocol(reply);  // RFC 9110 section 7.8
    if (option.empty() && !upgrade) return;
    out += "Connection: ";
    out += option;
    if (upgrade) out += option.empty() ? "upgrade" : ", upgrade";
    out += "\r\n";
}

}  // namespace

bool has_content(int status) {
    return status >= 200 && status != 204 && status != reset_content && status != 304;
}

std::size_t sent_body(const HttpReply& reply, ReplyFraming framing) {
    return framing.head || !has_content(reply.status) ? 0 : reply.body.size();
}

void append_reply(std::string& out, const HttpReply& reply, ReplyFraming framing, std::string_view date) {
    const bool bodiless = !has_content(reply.status);
    out.reserve(out.size() + usual_head_size + sent_body(reply, framing));
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(std::clamp(reply.status, 100, 999)));
    out += ' ';
    out += reply.reason.empty() ? reason_phrase(reply.status) : reply.reason;
    out += "\r\n";
    append_header(out, "Date", date);
    if (!reply.content_type.empty() && is_header_value(reply.content_type) && !bodiless)
        append_header(out, "Content-Type", reply.content_type);
    for (const auto& [name, value] : reply.headers) {
        if (is_token(name) && is_header_value(value) && !is_of_the_connection(name))
            append_header(out, name, value);
    }
    if (framing.stream) {
        if (!framing.old_client) out += "Transfer-Encoding: chunked\r\n";
    } else if (!bodiless) {
        append_length(out, reply.body.size());
    } else if (reply.status == reset_content) {
        append_length(out, 0);
    }
    append_connection(out, reply, framing);
    out += "\r\n";
    if (!bodiless && !framing.head) out += reply.body.view();
}

std::string_view HttpDate::now() {
    const auto second = gateway::wall_now() / 1000;
    if (second == second_) return text_;
    second_ = second;
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto time = static_cast<std::time_t>(second);
    std::tm utc{};
    gmtime_r(&time, &utc);
    const auto two = [](int n) {
        return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    };
    text_ = days[static_cast<std::size_t>(utc.tm_wday)];
    text_ += ", " + two(utc.tm_mday) + ' ';
    text_ += months[static_cast<std::size_t>(utc.tm_mon)];
    text_ += ' ' + std::to_string(utc.tm_year + 1900) + ' ' + two(utc.tm_hour) + ':' + two(utc.tm_min) + ':' +
             two(utc.tm_sec) + " GMT";
    return text_;
}

}  // namespace rest
