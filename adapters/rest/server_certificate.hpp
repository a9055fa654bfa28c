// The certificate of one listener: read at the start, read again when its files change or somebody asks for
// it. One that cannot be used is logged, and the one before stays. Connections keep what they began with.
// Owned by the front door; shard's thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/error.hpp"
#include "gateway/listener_settings.hpp"

namespace rest {

struct TlsContext;

class ServerCertificate {
public:
    enum class Reload { if_files_changed, anyway };
    enum class Reloaded { no, yes, failed };

    /// Throws std::runtime_error that says what is wrong with the certificate. `listener`: for logs.
    ServerCertificate(gateway::ServerTls settings, std::string listener);
    ~ServerCertificate();

    Reloaded reload(Reload when);
    TlsContext& context() { return *context_; }
    /// Unix seconds.
    std::int64_t expires() const;

private:
    /// When each file was written; the epoch for one that is not there.
    std::vector<std::filesystem::file_time_type> times() const;
    gateway::Result<std::shared_ptr<TlsContext>> make() const;

    gateway::ServerTls settings_;
    std::string listener_;
    std::shared_ptr<TlsContext> context_;
    std::vector<std::filesystem::file_time_type> seen_;
};

}  // namespace rest
