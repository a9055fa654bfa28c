// A plain TCP connection as a byte stream. Shard's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "adapters/rest/byte_stream.hpp"

namespace rest {

std::unique_ptr<ByteStream> tcp_stream(boost::asio::ip::tcp::socket socket);

}  // namespace rest
