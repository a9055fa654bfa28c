#include "adapters/services/transfers.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "adapters/services/transfer.hpp"

namespace services {
namespace {

namespace asio = boost::asio;

struct GlobalCurl {
    GlobalCurl() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error{"libcurl does not start"};
    }
    ~GlobalCurl() { curl_global_cleanup(); }
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

}  // namespace

struct Transfers::State {
    State(asio::io_context& io_context, std::size_t idle_connections, std::string user_agent)
        : context{io_context}, timer{io_context}, agent{std::move(user_agent)}, multi{curl_multi_init()} {
        if (multi == nullptr) throw std::runtime_error{"libcurl does not start"};
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::on_socket);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::on_timer);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
        curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(idle_connections));
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
            if (transfer.needs_new_connection) {
                start_again(transfer);
                continue;
            }
            note_result(transfer, code);
            TransferResult result = std::move(transfer.result);
            const Handler handler = std::move(transfer.handler);
            remove(id->second);
            handler(std::move(result));
        }
    }

    void start_again(Transfer& transfer) {
        CURL* easy = transfer.easy.get();
        curl_multi_remove_handle(multi, easy);
        use_new_connection(transfer);
        curl_multi_add_handle(multi, easy);
    }

    asio::io_context& context;
    asio::steady_timer timer;
    std::uint64_t timer_number = 0;  // of the last one set: an older one may already be on its way
    std::string agent;
    KeptConnections connections;
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
    auto transfer = make_transfer(std::move(request), std::move(handler), state_->agent, state_->connections);
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
