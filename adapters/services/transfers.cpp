#include "adapters/services/transfers.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "adapters/services/network_address.hpp"
#include "gateway/log.hpp"

namespace services {
namespace {

namespace asio = boost::asio;
using Failure = TransferResult::Failure;

constexpr long connect_timeout_ms = 5000;
constexpr long idle_seconds = 60;  // a connection unused for longer is not used again

struct GlobalCurl {
    GlobalCurl() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error{"libcurl does not start"};
    }
    ~GlobalCurl() { curl_global_cleanup(); }
};

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// One socket that curl wants to be told about. Shared with the waits, which may come back after curl has let
/// it go.
struct Watch {
    Watch(asio::io_context& context, curl_socket_t socket) : descriptor{context, socket} {}
    asio::posix::stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false, writing = false;  // a wait is under way
    bool gone = false;
};

struct Transfer {
    TransferRequest request;
    Transfers::Handler handler;
    std::unique_ptr<CURL, EasyDeleter> easy;
    std::unique_ptr<curl_slist, ListDeleter> headers;
    std::unique_ptr<curl_slist, ListDeleter> connect_to;
    std::array<char, CURL_ERROR_SIZE> why{};
    TransferResult result;
};

std::string ip_of(const sockaddr& address) {
    namespace ip = asio::ip;
    if (address.sa_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        return ip::address_v4{ntohl(v4.sin_addr.s_addr)}.to_string();
    }
    if (address.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        ip::address_v6::bytes_type bytes{};
        std::copy_n(v6.sin6_addr.s6_addr, bytes.size(), bytes.begin());
        return ip::address_v6{bytes}.to_string();
    }
    return {};
}

// --- what curl calls
// ------------------------------------------------------------------------------------------------

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.request.public_only && is_private_address(ip_of(address->addr))) {
        transfer.result.failure = Failure::private_address;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// Before the request is sent, also on a connection that another request has opened.
int before_request(void* context, char* ip, char*, int, int) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (!transfer.request.public_only || !is_private_address(ip)) return CURL_PREREQFUNC_OK;
    transfer.result.failure = Failure::private_address;
    return CURL_PREREQFUNC_ABORT;
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

// --- one request
// ----------------------------------------------------------------------------------------------------

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
    curl_easy_setopt(easy, option, value);
}

void add_line(std::unique_ptr<curl_slist, ListDeleter>& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)list.release();
    list.reset(longer);
}

/// Not copied: the settings outlive the transfer.
curl_blob blob_of(const std::string& text) {
    return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
}

struct Authority {
    std::string scheme, host, port;  // port with its colon, or empty
    std::size_t end = 0;             // in the URL
};

Authority authority_of(const std::string& url) {
    const auto start = url.find("://") + 3;
    const auto end = std::min(url.find_first_of("/?", start), url.size());
    const std::string whole = url.substr(start, end - start);
    const auto bracket = whole.rfind(']');
    auto colon = whole.rfind(':');
    if (bracket != std::string::npos && colon != std::string::npos && colon < bracket)
        colon = std::string::npos;
    Authority authority{url.substr(0, start), whole.substr(0, colon), {}, end};
    if (colon != std::string::npos) authority.port = whole.substr(colon);
    return authority;
}

/// The certificate must be for another name than the URL's: asked for under that name, at the URL's host.
void use_server_name(Transfer& transfer, const std::string& name) {
    const Authority authority = authority_of(transfer.request.url);
    const std::string port = authority.port.empty() ? ":443" : authority.port;
    add_line(transfer.headers, "Host: " + authority.host + authority.port);
    add_line(transfer.connect_to, name + port + ':' + authority.host + port);
    transfer.request.url =
        authority.scheme + name + authority.port + transfer.request.url.substr(authority.end);
    set(transfer.easy.get(), CURLOPT_CONNECT_TO, transfer.connect_to.get());
}

void use_tls(Transfer& transfer, const gateway::TlsSettings& tls) {
    CURL* easy = transfer.easy.get();
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!tls.verify) {
        set(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        set(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!tls.ca.empty()) {
        curl_blob blob = blob_of(tls.ca);
        set(easy, CURLOPT_CAINFO_BLOB, &blob);
        set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // these and no others
    }
    if (!tls.certificate.empty()) {
        curl_blob certificate = blob_of(tls.certificate);
        curl_blob key = blob_of(tls.key.reveal());
        set(easy, CURLOPT_SSLCERT_BLOB, &certificate);
        set(easy, CURLOPT_SSLCERTTYPE, "PEM");
        set(easy, CURLOPT_SSLKEY_BLOB, &key);
        set(easy, CURLOPT_SSLKEYTYPE, "PEM");
    }
    if (!tls.server_name.empty() && transfer.request.url.starts_with("https://"))
        use_server_name(transfer, tls.server_name);
}

void use_method(Transfer& transfer) {
    CURL* easy = transfer.easy.get();
    const TransferRequest& request = transfer.request;
    if (request.method == "HEAD") return set(easy, CURLOPT_NOBODY, 1L);
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

void prepare(Transfer& transfer, const std::string& agent) {
    CURL* easy = transfer.easy.get();
    for (const auto& line : transfer.request.headers)
        add_line(transfer.headers, line);
    add_line(transfer.headers, "Expect:");  // no extra round trip before a body
    if (transfer.request.tls != nullptr) use_tls(transfer, *transfer.request.tls);
    use_method(transfer);
    set(easy, CURLOPT_URL, transfer.request.url.c_str());
    set(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
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
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(easy, CURLOPT_TIMEOUT_MS, milliseconds(transfer.request.timeout));
    set(easy, CURLOPT_MAXAGE_CONN, idle_seconds);
    set(easy, CURLOPT_WRITEFUNCTION, &take_body);
    set(easy, CURLOPT_WRITEDATA, &transfer);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    set(easy, CURLOPT_PREREQFUNCTION, &before_request);
    set(easy, CURLOPT_PREREQDATA, &transfer);
}

std::string header_of(CURL* easy, const char* name) {
    curl_header* header = nullptr;
    const bool found = curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
    return found ? header->value : "";
}

/// curl's own text names the host and port, which are the operator's to know: that goes to the log.
void note_failure(Transfer& transfer, CURLcode code) {
    TransferResult& result = transfer.result;
    if (result.failure == Failure::none)
        result.failure = code == CURLE_OPERATION_TIMEDOUT ? Failure::timeout : Failure::unreachable;
    result.why = curl_easy_strerror(code);
    gateway::log::debug("service {}: {}",
                        authority_of(transfer.request.url).host,
                        transfer.why[0] != '\0' ? transfer.why.data() : result.why.c_str());
}

void note_answer(Transfer& transfer) {
    CURL* easy = transfer.easy.get();
    long status = 0;
    char* redirect = nullptr;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
    transfer.result.status = static_cast<int>(status);
    transfer.result.content_type = header_of(easy, "Content-Type");
    transfer.result.retry_after = header_of(easy, "Retry-After");
    if (redirect != nullptr) transfer.result.redirect = redirect;
}

}  // namespace

// --- all of them
// ----------------------------------------------------------------------------------------------------

struct Transfers::State {
    State(asio::io_context& io_context, std::size_t connections, std::string user_agent)
        : context{io_context}, timer{io_context}, agent{std::move(user_agent)}, multi{curl_multi_init()} {
        if (multi == nullptr) throw std::runtime_error{"libcurl does not start"};
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    }

    ~State() {
        *alive = false;
        while (!transfers.empty())
            remove(transfers.begin()->first);
        curl_multi_cleanup(multi);
        for (auto& [socket, watch] : watches)
            let_go(*watch);
    }

    void remove(Id id) {
        const auto found = transfers.find(id);
        if (found == transfers.end()) return;
        ids.erase(found->second->easy.get());
        curl_multi_remove_handle(multi, found->second->easy.get());
        transfers.erase(found);
    }

    // --- sockets and time, as curl wants them ---

    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
        static_cast<State*>(self)->watch(socket, what);
        return 0;
    }

    static int on_timer(CURLM*, long wait_ms, void* self) {
        static_cast<State*>(self)->set_timer(wait_ms);
        return 0;
    }

    /// The socket is curl's to close.
    static void let_go(Watch& watch) {
        watch.gone = true;
        if (watch.descriptor.is_open()) watch.descriptor.release();
    }

    void watch(curl_socket_t socket, int what) {
        const auto found = watches.find(socket);
        if (what == CURL_POLL_REMOVE) {
            if (found == watches.end()) return;
            let_go(*found->second);
            watches.erase(found);
            return;
        }
        auto& entry = watches[socket];
        if (!entry) entry = std::make_shared<Watch>(context, socket);
        entry->wanted = what;
        arm(entry, socket);
    }

    void arm(const std::shared_ptr<Watch>& entry, curl_socket_t socket) {
        const bool reads = entry->wanted == CURL_POLL_IN || entry->wanted == CURL_POLL_INOUT;
        const bool writes = entry->wanted == CURL_POLL_OUT || entry->wanted == CURL_POLL_INOUT;
        if (reads && !entry->reading) {
            entry->reading = true;
            wait(entry, socket, CURL_CSELECT_IN, asio::posix::stream_descriptor::wait_read);
        }
        if (writes && !entry->writing) {
            entry->writing = true;
            wait(entry, socket, CURL_CSELECT_OUT, asio::posix::stream_descriptor::wait_write);
        }
    }

    void wait(const std::shared_ptr<Watch>& entry,
              curl_socket_t socket,
              int event,
              asio::posix::stream_descriptor::wait_type type) {
        entry->descriptor.async_wait(
            type, [this, entry, socket, event, living = alive](const boost::system::error_code& error) {
                if (!*living || entry->gone || error == asio::error::operation_aborted) return;
                (event == CURL_CSELECT_IN ? entry->reading : entry->writing) = false;
                act(socket, error ? CURL_CSELECT_ERR : event);
                if (*living && !entry->gone) arm(entry, socket);
            });
    }

    void set_timer(long wait_ms) {
        ++timer_number;
        if (wait_ms < 0) {
            timer.cancel();
            return;
        }
        timer.expires_after(std::chrono::milliseconds{wait_ms});
        timer.async_wait(
            [this, number = timer_number, living = alive](const boost::system::error_code& error) {
                if (!*living || error || number != timer_number) return;
                act(CURL_SOCKET_TIMEOUT, 0);
            });
    }

    void act(curl_socket_t socket, int event) {
        int running = 0;
        curl_multi_socket_action(multi, socket, event, &running);
        collect();
    }

    /// A handler may start and abort transfers, and so may end any of those collected here.
    void collect() {
        int left = 0;
        while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            const auto id = ids.find(message->easy_handle);
            if (id == ids.end()) continue;
            Transfer& transfer = *transfers.at(id->second);
            code == CURLE_OK ? note_answer(transfer) : note_failure(transfer, code);
            TransferResult result = std::move(transfer.result);
            const Handler handler = std::move(transfer.handler);
            remove(id->second);
            handler(std::move(result));
        }
    }

    asio::io_context& context;
    asio::steady_timer timer;
    std::uint64_t timer_number = 0;  // of the last one set: an older one may already be on its way
    std::string agent;
    CURLM* multi;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
    std::map<curl_socket_t, std::shared_ptr<Watch>> watches;
    std::unordered_map<Id, std::unique_ptr<Transfer>> transfers;
    std::unordered_map<CURL*, Id> ids;
    Id last_id = 0;
};

Transfers::Transfers(asio::io_context& context, std::size_t connections, std::string agent) {
    static const GlobalCurl global;
    state_ = std::make_unique<State>(context, connections, std::move(agent));
}

Transfers::~Transfers() = default;

Transfers::Id Transfers::start(TransferRequest request, Handler handler) {
    auto transfer = std::make_unique<Transfer>();
    transfer->request = std::move(request);
    transfer->handler = std::move(handler);
    transfer->easy.reset(curl_easy_init());
    if (!transfer->easy) throw std::bad_alloc{};
    prepare(*transfer, state_->agent);
    const Id id = ++state_->last_id;
    CURL* easy = transfer->easy.get();
    state_->ids[easy] = id;
    state_->transfers.emplace(id, std::move(transfer));
    curl_multi_add_handle(state_->multi, easy);  // the rest comes by the timer that this sets
    return id;
}

void Transfers::abort(Id id) {
    state_->remove(id);
}

}  // namespace services
