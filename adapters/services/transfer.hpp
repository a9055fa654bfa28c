// One request as libcurl has it: a handle made ready, and what came of it. Owned by Transfers, whose thread
// is the only one; at its address until it is done, as curl calls back to it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "adapters/services/transfers.hpp"

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
    std::unique_ptr<CURL, EasyDeleter> easy;
    std::string url;  // that curl is given: the request's, or one of `server_name`
    Lines headers;
    Lines connect_to;
    std::array<char, CURL_ERROR_SIZE> why{};
    TransferResult result;
};

/// Everything but the start. Throws std::bad_alloc.
std::unique_ptr<Transfer> make_transfer(TransferRequest request,
                                        Transfers::Handler handler,
                                        const std::string& agent);

/// Takes the result from the handle, when curl is done with it.
void note_result(Transfer& transfer, CURLcode code);

}  // namespace services
