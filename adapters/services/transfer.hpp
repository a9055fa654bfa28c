// One request as libcurl has it: a handle made ready, and what came of it. Owned by Transfers, whose thread
// is the only one; at its address until it is done, as curl calls back to it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "adapters/services/kept_connections.hpp"
#include "adapters/services/transfers.hpp"
#include "gateway/clock.hpp"

namespace services {

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

/// Lines that curl is given: it keeps the address of the first.
class Lines {
public:
    void add(const std::string& line);
    curl_slist* first() const { return list_.get(); }

private:
    struct Deleter {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, Deleter> list_;
};

struct Transfer {
    TransferRequest request;
    Transfers::Handler handler;
    KeptConnections* connections = nullptr;
    gateway::TimePoint deadline;
    std::unique_ptr<CURL, EasyDeleter> easy;
    std::string url;  // that curl is given: the request's, or one of `server_name`
    Lines headers;
    Lines connect_to;
    std::array<char, CURL_ERROR_SIZE> why{};
    bool has_opened = false;            // a connection of its own
    bool is_sent = false;               // or at least in part
    bool needs_new_connection = false;  // nothing was sent, as the kept one was not clean
    TransferResult result;
};

/// Everything but the start. `connections` outlives curl's multi handle. Throws std::bad_alloc.
std::unique_ptr<Transfer> make_transfer(TransferRequest request,
                                        Transfers::Handler handler,
                                        const std::string& agent,
                                        KeptConnections& connections);

/// For another start, in the time that is left.
void use_new_connection(Transfer& transfer);

/// Takes the result from the handle, when curl is done with it.
void note_result(Transfer& transfer, CURLcode code);

}  // namespace services
