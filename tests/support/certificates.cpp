#include "tests/support/certificates.hpp"

#include "tests/support/patience.hpp"
#include "tests/support/process.hpp"

namespace support {
namespace {

constexpr const char* new_key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 ";

}  // namespace

CertificateAuthority::CertificateAuthority() {
    openssl(std::string{"req -x509"} + new_key + "-subj /CN=test-authority -keyout ca.key -out ca.pem");
}

CertificateFiles CertificateAuthority::issue(const std::string& name) const {
    return sign(name, "2");
}

CertificateFiles CertificateAuthority::issue_expired(const std::string& name) const {
    return sign(name, "-1");
}

CertificateFiles CertificateAuthority::sign(const std::string& name, const std::string& days) const {
    directory_.write(name + ".ext", "subjectAltName=DNS:" + name + "\n");
    openssl("req" + std::string{new_key} + "-subj /CN=" + name + " -keyout " + name + ".key -out " + name +
            ".csr");
    openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days " + days +
            " -extfile " + name + ".ext -out " + name + ".pem");
    return {file(name + ".pem"), file(name + ".key")};
}

CertificateFiles CertificateAuthority::issue_locked(const std::string& name) const {
    CertificateFiles files = issue(name);
    openssl("ec -in " + name + ".key -aes256 -passout pass:secret -out locked.key");
    files.key = file("locked.key");
    return files;
}

void CertificateAuthority::openssl(const std::string& arguments) const {
    Process process{
        {.arguments = {"sh", "-c", "openssl " + arguments}, .directory = directory_.path().string()}};
    if (process.wait() != 0) throw WaitFailed("openssl " + arguments + ": " + process.printed());
}

}  // namespace support
