#include "adapters/happn/destination.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>

namespace happn {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

namespace {

bool is_address(const std::string& host) {
    boost::system::error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

template <typename Use>
void use_pem(const gateway::MeshSettings& mesh, const char* key, Use use) {
    try {
        use();
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error("meshes." + mesh.name + ".tls." + key +
                                 " cannot be used: " + error.code().message());
    }
}

void trust(ssl::context& context, const gateway::MeshSettings& mesh, const std::string& server_name) {
    if (!mesh.tls.verify) {
        context.set_verify_mode(ssl::verify_none);
        return;
    }
    context.set_verify_mode(ssl::verify_peer);
    context.set_verify_callback(ssl::host_name_verification(server_name));
    if (mesh.tls.ca.empty()) {
        context.set_default_verify_paths();
    } else {
        use_pem(mesh, "ca", [&] { context.add_certificate_authority(asio::buffer(mesh.tls.ca)); });
    }
}

std::shared_ptr<ssl::context> client_context(const gateway::MeshSettings& mesh,
                                             const std::string& server_name) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                         ssl::context::no_tlsv1_1);
    // Without this, OpenSSL would ask whoever sits at the terminal.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; });
    trust(*context, mesh, server_name);
    if (!mesh.tls.certificate.empty()) {
        use_pem(
            mesh, "certificate", [&] { context->use_certificate_chain(asio::buffer(mesh.tls.certificate)); });
        use_pem(mesh, "key", [&] {
            context->use_private_key(asio::buffer(mesh.tls.key.reveal()), ssl::context::pem);
        });
    }
    return context;
}

}  // namespace

std::string Destination::authority() const {
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::string Destination::url() const {
    return (tls ? "wss://" : "ws://") + authority();
}

std::vector<Destination> destinations_of(const gateway::MeshSettings& mesh) {
    std::vector<Destination> destinations;
    for (const auto& url : mesh.urls) {
        Destination destination;
        destination.endpoint = url.endpoint;
        if (url.tls) {
            destination.server_name = mesh.tls.server_name.empty() ? url.endpoint.host : mesh.tls.server_name;
            destination.tls = client_context(mesh, destination.server_name);
        }
        destinations.push_back(std::move(destination));
    }
    return destinations;
}

void announce_server_name(SSL* connection, const std::string& name) {
    if (!is_address(name)) {
        SSL_set_tlsext_host_name(connection, name.c_str());
    }
}

std::string handshake_failure(SSL* connection, const boost::system::error_code& error) {
    const auto verdict = SSL_get_verify_result(connection);
    std::string why = "TLS handshake: " + error.message();
    if (verdict != X509_V_OK) {
        why.append(" (").append(X509_verify_cert_error_string(verdict)).append(1, ')');
    }
    return why;
}

}  // namespace happn
