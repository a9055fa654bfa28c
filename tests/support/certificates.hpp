// Certificates that live as long as a test: an authority, and what it has signed. Made by the openssl
// command.
#pragma once

#include <string>

#include "tests/support/temporary_directory.hpp"

namespace support {

struct CertificateFiles {
    std::string certificate;  // paths of PEM files
    std::string key;
};

class CertificateAuthority {
public:
    CertificateAuthority();

    /// Path of its own certificate.
    std::string certificate() const { return file("ca.pem"); }
    /// For a server or client of this DNS name.
    CertificateFiles issue(const std::string& name) const;
    /// The same, but it ended yesterday.
    CertificateFiles issue_expired(const std::string& name) const;
    /// The same, with a key that needs a password.
    CertificateFiles issue_locked(const std::string& name) const;

private:
    CertificateFiles sign(const std::string& name, const std::string& days) const;
    std::string file(const std::string& name) const { return (directory_.path() / name).string(); }
    void openssl(const std::string& arguments) const;

    TemporaryDirectory directory_;
};

}  // namespace support
