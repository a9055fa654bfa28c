#include "tests/support/mosquitto.hpp"

#include <unistd.h>

#include <csignal>

#include "tests/support/free_port.hpp"

namespace support {
namespace {

// Debian keeps the broker in /usr/sbin, which is not in everyone's PATH.
constexpr const char* broker_program = "/usr/sbin/mosquitto";

// With these, the broker's own output tells tests what happened: connections, subscriptions.
constexpr std::string_view logging =
    "log_dest stderr\n"
    "log_type error\nlog_type warning\nlog_type notice\nlog_type information\nlog_type subscribe\n"
    "log_type unsubscribe\nconnection_messages true\n";

std::string password_file(const TemporaryDirectory& directory, const MosquittoOptions& options) {
    const auto path = (directory.path() / "passwords").string();
    Process writer{{.arguments = {"mosquitto_passwd", "-b", "-c", path, options.username, options.password}}};
    if (writer.wait() != 0) throw WaitFailed("mosquitto_passwd failed:\n" + writer.printed());
    return path;
}

}  // namespace

Mosquitto::Mosquitto(const MosquittoOptions& options) : port_(free_port()) {
    std::string text{logging};
    text += "listener " + std::to_string(port_) + " 127.0.0.1\n";
    // Changing the user would also take away the kernel's promise to end the broker with the test.
    if (::geteuid() == 0) text += "user root\n";
    if (options.username.empty()) {
        text += "allow_anonymous true\n";
    } else {
        text += "allow_anonymous false\npassword_file " + password_file(directory_, options) + "\n";
    }
    if (options.persistence)
        text += "persistence true\npersistence_location " + directory_.path().string() + "/\n";
    config_ = directory_.write("mosquitto.conf", text + options.more + "\n").string();
    start();
}

void Mosquitto::start() {
    process_.emplace(Command{.arguments = {broker_program, "-c", config_}});
    process_->wait_for_line(" running");
}

void Mosquitto::stop() {
    process_->signal(SIGTERM);
    process_->wait();
}

void Mosquitto::kill() {
    process_->kill();
}

void Mosquitto::wait_for_subscription(const std::string& filter) {
    const auto tells_it = [&filter](const std::string& line) {  // "1795382560: client-id 1 the/filter"
        return line.ends_with(" 0 " + filter) || line.ends_with(" 1 " + filter) ||
               line.ends_with(" 2 " + filter);
    };
    process_->wait_for_line("a subscription to " + filter, tells_it);
}

}  // namespace support
