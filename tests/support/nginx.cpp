#include "tests/support/nginx.hpp"

namespace support {
namespace {

// Debian keeps it in /usr/sbin, which is not in everyone's PATH.
constexpr const char* program = "/usr/sbin/nginx";

// One process, which ends with the test; everything that it would write elsewhere is in its own directory.
constexpr const char* around = R"(
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
)";

Command command_of(const TemporaryDirectory& directory, const std::string& http) {
    const auto config = directory.write("nginx.conf", around + http + "}\n");
    return {.arguments = {program, "-p", directory.path().string(), "-c", config.string(), "-e", "stderr"}};
}

}  // namespace

Nginx::Nginx(const std::string& http) : process_{command_of(directory_, http)} {
    process_.wait_for_line("event method");  // its ports are open by then
}

}  // namespace support
