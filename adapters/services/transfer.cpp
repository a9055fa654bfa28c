#include "adapters/services/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

#include "adapters/services/network_address.hpp"
#include "adapters/services/request_headers.hpp"
#include "adapters/services/service_url.hpp"
#include "adapters/services/transfer_tls.hpp"
#include "gateway/log.hpp"

namespace services {
namespace {

using Failure = TransferResult::Failure;

constexpr gateway::Duration connect_timeout = std::chrono::seconds{5};
constexpr long idle_seconds = 60;  // a connection unused for longer is not used again

// --- what curl calls ---

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.request.public_only && is_private_address(ip_of(address->addr))) {
        transfer.result.failure = Failure::private_address;
        return CURL_SOCKET_BAD;
    }
    const curl_socket_t socket =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket == CURL_SOCKET_BAD) return socket;
    transfer.has_opened = true;
    transfer.connections->opened(socket);
    return socket;
}

/// Also long after the transfer that opened it.
int close_socket(void* context, curl_socket_t socket) {
    static_cast<KeptConnections*>(context)->closed(socket);
    return ::close(socket);
}

/// curl repeats a request by itself when a kept connection ends without an answer, though it may have been
/// carried out (RFC 9110 section 9.2.2).
bool would_be_sent_twice(const Transfer& transfer) {
    return transfer.is_sent && !is_idempotent(transfer.request.method);
}

/// What is unread on a kept connection would be taken for the answer to this request: it is not used again
/// (RFC 9112 section 6.3).
bool is_clean(Transfer& transfer, const Ends& ends) {
    const auto socket = transfer.connections->socket_of(ends);
    return transfer.has_opened || (socket && !has_unread(transfer.easy.get(), *socket));
}

/// Before the request is sent, also on a connection that another request has opened.
int before_request(void* context, char* ip, char* local_ip, int port, int local_port) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.request.public_only && is_private_address(ip)) {
        transfer.result.failure = Failure::private_address;
        return CURL_PREREQFUNC_ABORT;
    }
    if (would_be_sent_twice(transfer)) return CURL_PREREQFUNC_ABORT;
    transfer.needs_new_connection = !is_clean(transfer, {local_ip, ip, local_port, port});
    if (transfer.needs_new_connection) return CURL_PREREQFUNC_ABORT;
    transfer.is_sent = true;
    return CURL_PREREQFUNC_OK;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.result.body.size() + size > transfer.request.max_response) {
        transfer.result.failure = Failure::too_large;
        return 0;
    }
    transfer.result.body.append(data, size);
    return size;
}

// --- before and after ---

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    curl_easy_setopt(easy, option, value);
}

void use_method(Transfer& transfer) {
    CURL* easy = transfer.easy.get();
    const TransferRequest& request = transfer.request;
    if (request.method == "HEAD") {
        set(easy, CURLOPT_NOBODY, 1L);
        set(easy, CURLOPT_FORBID_REUSE, 1L);  // some services send a body all the same, a moment later
        return;
    }
    if (request.sends_body) {
        set(easy, CURLOPT_POST, 1L);
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.view().data());
    }
    set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

long milliseconds(gateway::Duration duration) {
    const auto count = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
    return std::max(1L, static_cast<long>(count));
}

void use_time_left(Transfer& transfer) {
    set(transfer.easy.get(), CURLOPT_TIMEOUT_MS, milliseconds(transfer.deadline - gateway::Clock::now()));
}

void prepare(Transfer& transfer, const std::string& agent) {
    CURL* easy = transfer.easy.get();
    for (const auto& line : transfer.request.headers)
        transfer.headers.add(line);
    transfer.headers.add("Expect:");  // no extra round trip before a body
    if (transfer.request.tls != nullptr) use_tls(transfer, *transfer.request.tls);
    use_method(transfer);
    set(easy, CURLOPT_URL, transfer.url.c_str());
    set(easy, CURLOPT_HTTPHEADER, transfer.headers.first());
    set(easy, CURLOPT_USERAGENT, agent.c_str());
    set(easy, CURLOPT_PRIVATE, &transfer);
    set(easy, CURLOPT_ERRORBUFFER, transfer.why.data());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_PATH_AS_IS, 1L);  // as the mapping has it
    set(easy, CURLOPT_PROXY, "");       // the address that is checked is the service's own
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_ACCEPT_ENCODING, "");  // all that curl can unpack
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);  // an abort does not wait for a name to be resolved
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connect_timeout));
    use_time_left(transfer);
    set(easy, CURLOPT_MAXAGE_CONN, idle_seconds);
    set(easy, CURLOPT_WRITEFUNCTION, &take_body);
    set(easy, CURLOPT_WRITEDATA, &transfer);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
    set(easy, CURLOPT_CLOSESOCKETDATA, transfer.connections);
    set(easy, CURLOPT_PREREQFUNCTION, &before_request);
    set(easy, CURLOPT_PREREQDATA, &transfer);
}

/// All lines of that name, as one list (RFC 9110 section 5.3).
std::string header_of(CURL* easy, const char* name) {
    std::string value;
    curl_header* header = nullptr;
    for (std::size_t i = 0; curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK; ++i)
        value.append(i == 0 ? "" : ", ").append(header->value);
    return value;
}

/// curl calls it a timeout, too, when it finds no connection in the time that it has for that.
bool was_connecting(const Transfer& transfer) {
    curl_off_t ready_after = 0;
    curl_easy_getinfo(transfer.easy.get(), CURLINFO_PRETRANSFER_TIME_T, &ready_after);
    return ready_after == 0 && transfer.request.timeout > connect_timeout;
}

/// With TLS 1.3 a service refuses our certificate only when we have begun to send; OpenSSL's words are all
/// that curl has of it.
bool was_refused_by_tls(const Transfer& transfer) {
    return std::string_view{transfer.why.data()}.find(" alert ") != std::string_view::npos;
}

Failure failure_of(const Transfer& transfer, CURLcode code) {
    if (transfer.result.failure != Failure::none) return transfer.result.failure;
    const bool was_slow = code == CURLE_OPERATION_TIMEDOUT && !was_connecting(transfer);
    if (was_slow) return Failure::timeout;
    const bool may_be_done = transfer.is_sent && !was_refused_by_tls(transfer);
    return may_be_done ? Failure::unanswered : Failure::unreachable;
}

/// curl's own text names the host and port, which are the operator's to know: that goes to the log.
void note_failure(Transfer& transfer, CURLcode code) {
    TransferResult& result = transfer.result;
    result.failure = failure_of(transfer, code);
    result.why = code == CURLE_ABORTED_BY_CALLBACK ? "the connection ended without an answer"
                                                   : curl_easy_strerror(code);
    gateway::log::debug("service {}: {}",
                        origin_of(transfer.request.url),
                        transfer.why[0] != '\0' ? transfer.why.data() : result.why.c_str());
}

void note_answer(Transfer& transfer) {
    CURL* easy = transfer.easy.get();
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    transfer.result.status = static_cast<int>(status);
    transfer.result.content_type = header_of(easy, "Content-Type");
    transfer.result.retry_after = header_of(easy, "Retry-After");
    transfer.result.vary = header_of(easy, "Vary");
    transfer.result.redirect = redirect_of(transfer.request.url, header_of(easy, "Location"));
}

}  // namespace

void Lines::add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)list_.release();
    list_.reset(longer);
}

std::unique_ptr<Transfer> make_transfer(TransferRequest request,
                                        Transfers::Handler handler,
                                        const std::string& agent,
                                        KeptConnections& connections) {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    transfer->handler = std::move(handler);
    transfer->connections = &connections;
    transfer->deadline = gateway::Clock::now() + transfer->request.timeout;
    transfer->url = transfer->request.url;
    transfer->easy.reset(curl_easy_init());
    if (!transfer->easy) throw std::bad_alloc{};
    prepare(*transfer, agent);
    return transfer;
}

void use_new_connection(Transfer& transfer) {
    transfer.needs_new_connection = false;
    set(transfer.easy.get(), CURLOPT_FRESH_CONNECT, 1L);
    use_time_left(transfer);
}

void note_result(Transfer& transfer, CURLcode code) {
    code == CURLE_OK ? note_answer(transfer) : note_failure(transfer, code);
}

}  // namespace services
