#include "adapters/rest/server_certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "adapters/rest/tls_context.hpp"
#include "gateway/log.hpp"

namespace rest {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;
using gateway::Errc;
using gateway::Error;
using gateway::PemText;
using gateway::Result;
using gateway::Secret;

constexpr std::uintmax_t largest_file = 64u * 1024;  // as of secret files in the configuration

/// RFC 7301: HTTP/1.1 is what is spoken here. A client that offers only others is told so.
int choose_protocol(SSL*,
                    const unsigned char** chosen,
                    unsigned char* chosen_size,
                    const unsigned char* offered,
                    unsigned offered_size,
                    void*) {
    static constexpr std::array<unsigned char, 9> known{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* out = nullptr;
    const int found =
        SSL_select_next_proto(&out, chosen_size, known.data(), known.size(), offered, offered_size);
    *chosen = out;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// The file as it is now, or the text that was given.
Result<Secret> current(const PemText& pem) {
    if (pem.file.empty()) return pem.text;
    std::error_code missing;
    const auto size = std::filesystem::file_size(pem.file, missing);
    std::ifstream in{pem.file, std::ios::binary};
    if (missing || !in) return Error{Errc::unavailable, pem.file + " cannot be read"};
    if (size > largest_file) return Error{Errc::unavailable, pem.file + " is too large"};
    return Secret{std::string{std::istreambuf_iterator<char>{in}, {}}};
}

std::int64_t end_of(SSL_CTX* context) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    std::tm end{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return 0;
    return timegm(&end);
}

}  // namespace

ServerCertificate::ServerCertificate(gateway::ServerTls settings, std::string listener)
    : settings_{std::move(settings)}, listener_{std::move(listener)}, seen_{times()} {
    auto made = make();
    if (made.has_error()) throw std::runtime_error{"TLS of " + listener_ + ": " + made.error().message};
    context_ = *std::move(made);
}

ServerCertificate::~ServerCertificate() = default;

ServerCertificate::Reloaded ServerCertificate::reload(Reload when) {
    auto now = times();
    if (when == Reload::if_files_changed && now == seen_) return Reloaded::no;
    seen_ = std::move(now);
    auto made = make();
    if (made.has_error()) {
        gateway::log::error("TLS of {}: {}; the certificate before stays", listener_, made.error().message);
        return Reloaded::failed;
    }
    context_ = *std::move(made);
    gateway::log::info("TLS of {}: the certificate was read again", listener_);
    return Reloaded::yes;
}

std::int64_t ServerCertificate::expires() const {
    return context_->expires;
}

std::vector<std::filesystem::file_time_type> ServerCertificate::times() const {
    std::vector<std::filesystem::file_time_type> all;
    for (const PemText* pem : {&settings_.certificate, &settings_.key, &settings_.client_ca}) {
        std::error_code missing;
        const auto written = pem->file.empty() ? std::filesystem::file_time_type{}
                                               : std::filesystem::last_write_time(pem->file, missing);
        all.push_back(missing ? std::filesystem::file_time_type{} : written);
    }
    return all;
}

Result<std::shared_ptr<TlsContext>> ServerCertificate::make() const {
    const auto certificate = current(settings_.certificate);
    if (certificate.has_error()) return certificate.error();
    const auto key = current(settings_.key);
    if (key.has_error()) return key.error();
    auto made = std::make_shared<TlsContext>();
    ssl::context& context = made->ssl;
    context.set_options(ssl::context::default_workarounds | ssl::context::no_compression |
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX* native = context.native_handle();
    const bool newest = settings_.min_version == gateway::TlsVersion::tls_1_3;
    SSL_CTX_set_min_proto_version(native, newest ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
    error_code error;
    // A key with a password is refused rather than asked for on the terminal.
    context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; });
    context.use_certificate_chain(asio::buffer(certificate->reveal()), error);
    if (error) return Error{Errc::unavailable, "the certificate cannot be used: " + error.message()};
    context.use_private_key(asio::buffer(key->reveal()), ssl::context::pem, error);
    if (error)
        return Error{Errc::unavailable, "the key cannot be used with the certificate: " + error.message()};
    if (SSL_CTX_check_private_key(native) != 1)
        return Error{Errc::unavailable, "the key is not that of the certificate"};
    if (!settings_.client_ca.text.empty()) {
        const auto trusted = current(settings_.client_ca);
        if (trusted.has_error()) return trusted.error();
        context.add_certificate_authority(asio::buffer(trusted->reveal()), error);
        if (error) return Error{Errc::unavailable, "client_ca cannot be used: " + error.message()};
        context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
        static constexpr std::array<unsigned char, 4> sessions{'h', 'a', 'p', 'p'};
        SSL_CTX_set_session_id_context(native, sessions.data(), sessions.size());
    }
    made->expires = end_of(native);
    return made;
}

}  // namespace rest
