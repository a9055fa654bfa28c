// Whom a transfer trusts, and what it shows of itself.
#pragma once

#include "adapters/services/transfer.hpp"
#include "gateway/settings.hpp"

namespace services {

/// Nothing is copied of `tls`. `server_name` changes the URL that curl is given, to be of that name, while
/// the connection goes to the request's host.
void use_tls(Transfer& transfer, const gateway::TlsSettings& tls);

}  // namespace services
