#include "adapters/services/service_url.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace services {
namespace {

struct UrlDeleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

/// Schemes that are not followed are read as well: who follows must see them.
constexpr unsigned reading = CURLU_NON_SUPPORT_SCHEME | CURLU_PATH_AS_IS | CURLU_URLENCODE;

/// Relative to what `url` is already.
bool read(const Url& url, const std::string& text) {
    return url && curl_url_set(url.get(), CURLUPART_URL, text.c_str(), reading) == CURLUE_OK;
}

std::string part(const Url& url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
    std::string copy{text};
    curl_free(text);
    return copy;
}

std::string lower(std::string text) {
    std::ranges::transform(
        text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

}  // namespace

std::string origin_of(const std::string& text) {
    const Url url{curl_url()};
    if (!read(url, text)) return {};
    const std::string host = part(url, CURLUPART_HOST);
    if (host.empty()) return {};
    return lower(part(url, CURLUPART_SCHEME) + "://" + host) + ':' +
           part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string redirect_of(const std::string& base, const std::string& location) {
    const Url url{curl_url()};
    if (location.empty() || !read(url, base) || !read(url, location)) return {};
    curl_url_set(url.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(url.get(), CURLUPART_PASSWORD, nullptr, 0);
    return part(url, CURLUPART_URL);
}

}  // namespace services
