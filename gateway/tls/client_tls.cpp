#include "gateway/tls/client_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>

namespace gateway {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

namespace {

bool is_address(const std::string& host) {
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

template <typename Use>
void use_pem(std::string_view keys, const char* key, Use use) {
    try {
        use();
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(std::string{keys} + '.' + key +
                                 " cannot be used: " + error.code().message());
    }
}

/// OpenSSL compares itself, so that it can say what does not fit.
void expect_name(ssl::context& context, const std::string& name) {
    X509_VERIFY_PARAM* const expected = SSL_CTX_get0_param(context.native_handle());
    if (is_address(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str());
    } else {
        X509_VERIFY_PARAM_set1_host(expected, name.data(), name.size());
    }
}

void trust(ssl::context& context,
           const TlsSettings& settings,
           const std::string& server_name,
           std::string_view keys) {
    if (!settings.verify) {
        context.set_verify_mode(ssl::verify_none);
        return;
    }
    context.set_verify_mode(ssl::verify_peer);
    expect_name(context, server_name);
    if (settings.ca.empty()) {
        context.set_default_verify_paths();
    } else {
        use_pem(keys, "ca", [&] { context.add_certificate_authority(asio::buffer(settings.ca)); });
    }
}

void show(ssl::context& context, const TlsSettings& settings, std::string_view keys) {
    if (settings.certificate.empty()) return;
    use_pem(keys, "certificate", [&] { context.use_certificate_chain(asio::buffer(settings.certificate)); });
    use_pem(keys, "key", [&] {
        context.use_private_key(asio::buffer(settings.key.reveal()), ssl::context::pem);
    });
}

}  // namespace

std::shared_ptr<ssl::context> client_tls(const TlsSettings& settings,
                                         const std::string& server_name,
                                         std::string_view keys) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                         ssl::context::no_tlsv1_1);
    // Without this, OpenSSL would ask whoever sits at the terminal.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; });
    trust(*context, settings, server_name, keys);
    show(*context, settings, keys);
    return context;
}

void announce_server_name(SSL* connection, const std::string& name) {
    if (!is_address(name)) SSL_set_tlsext_host_name(connection, name.c_str());
}

std::string handshake_failure(SSL* connection, const boost::system::error_code& error) {
    const auto verdict = SSL_get_verify_result(connection);
    std::string why = "TLS handshake: " + error.message();
    if (verdict != X509_V_OK) why.append(" (").append(X509_verify_cert_error_string(verdict)).append(1, ')');
    return why;
}

}  // namespace gateway
