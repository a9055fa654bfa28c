#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <utility>

// The environment of this process: POSIX has no header for it.
extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace support {
namespace {

constexpr int exec_failed = 127;
constexpr std::size_t read_size = 16'384;

struct Pipe {
    int read = -1;
    int write = -1;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    return {ends[0], ends[1]};
}

void close_descriptor(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (!added.contains(std::string{text.substr(0, text.find('='))})) result.emplace_back(text);
    }
    for (const auto& [name, value] : added)
        result.push_back(name + "=" + value);
    return result;
}

// In the child, between fork and exec: async-signal-safe calls only.
struct ChildPlan {
    const char* program;
    char* const* arguments;
    char* const* environment;
    const char* directory;  // or nullptr
    int input, output, error;
    pid_t parent;
};

[[noreturn]] void become(const ChildPlan& plan) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent) ::_exit(exec_failed);  // the parent died before the line above
    ::dup2(plan.input, STDIN_FILENO);
    ::dup2(plan.output, STDOUT_FILENO);
    ::dup2(plan.error, STDERR_FILENO);
    // The sockets of the test: one that it closes must not stay open in a child that knows nothing of it.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    if (plan.directory == nullptr || ::chdir(plan.directory) == 0) {
        ::execvpe(plan.program, plan.arguments, plan.environment);
    }
    ::_exit(exec_failed);
}

int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Process::Process(const Command& command) : name_(command.arguments.at(0)) {
    std::signal(SIGPIPE, SIG_IGN);  // writing to a child that has ended is an error code
    auto arguments = command.arguments;
    auto environment = environment_with(command.environment);
    const auto argument_pointers = pointers(arguments);
    const auto environment_pointers = pointers(environment);
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    Pipe error = make_pipe();
    const ChildPlan plan{.program = argument_pointers[0],
                         .arguments = argument_pointers.data(),
                         .environment = environment_pointers.data(),
                         .directory = command.directory.empty() ? nullptr : command.directory.c_str(),
                         .input = input.read,
                         .output = output.write,
                         .error = error.write,
                         .parent = ::getpid()};
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) become(plan);

    close_descriptor(input.read);
    close_descriptor(output.write);
    close_descriptor(error.write);
    input_ = input.write;
    output_.descriptor = output.read;
    error_.descriptor = error.read;
    stop_reading_ = ::eventfd(0, EFD_CLOEXEC);
    reader_ = std::thread{&Process::read_streams, this};
    waiter_ = std::thread{&Process::await_end, this};
}

Process::~Process() {
    signal(SIGKILL);
    waiter_.join();
    reader_.join();
    for (int* descriptor : {&input_, &output_.descriptor, &error_.descriptor, &stop_reading_}) {
        close_descriptor(*descriptor);
    }
}

bool Process::running() const {
    const std::lock_guard lock{mutex_};
    return !status_;
}

void Process::write_line(std::string_view line) {
    std::string text{line};
    text += '\n';
    const std::lock_guard lock{mutex_};
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto written = ::write(input_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("does not read its input");
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Process::close_input() {
    const std::lock_guard lock{mutex_};
    close_descriptor(input_);
}

std::string Process::wait_for_line(std::string_view text, std::chrono::milliseconds limit, std::size_t from) {
    const auto contains = [text](const std::string& line) { return line.find(text) != std::string::npos; };
    return wait_for_line(text, contains, limit, from);
}

std::string Process::wait_for_line(std::string_view what,
                                   const LineMatcher& matches,
                                   std::chrono::milliseconds limit,
                                   std::size_t from) {
    const auto deadline = Clock::now() + limit;
    std::unique_lock lock{mutex_};
    while (true) {
        if (auto line = find_line(matches, from)) return *line;
        if (streams_ended_) fail("ended without printing '" + std::string{what} + "'");
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout && !find_line(matches, from)) {
            fail("did not print '" + std::string{what} + "' in time");
        }
    }
}

std::size_t Process::line_count() const {
    const std::lock_guard lock{mutex_};
    return lines_.size();
}

std::string Process::next_output_line(std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    std::unique_lock lock{mutex_};
    while (true) {
        while (next_output_ < lines_.size()) {
            const auto& line = lines_[next_output_++];
            if (line.on_output) return line.text;
        }
        if (streams_ended_) fail("ended while an answer was awaited");
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout && next_output_ == lines_.size()) {
            fail("gave no answer in time");
        }
    }
}

void Process::signal(int number) {
    const std::lock_guard lock{mutex_};
    if (!status_) ::kill(pid_, number);  // reaped under the same lock: the id is still the child's
}

void Process::kill() {
    signal(SIGKILL);
    wait();
}

int Process::wait(std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    const auto ended = [this] { return status_.has_value() && streams_ended_; };
    if (!changed_.wait_for(lock, limit, ended)) fail("did not end in time");
    return exit_code(*status_);
}

std::string Process::printed() const {
    const std::lock_guard lock{mutex_};
    return joined_lines();
}

std::string Process::output() const {
    const std::lock_guard lock{mutex_};
    std::string text;
    for (const Line& line : lines_)
        if (line.on_output) text += line.text + '\n';
    return text;
}

void Process::read_streams() {
    while (output_.descriptor >= 0 || error_.descriptor >= 0) {
        std::array<pollfd, 3> awaited{
            {{output_.descriptor, POLLIN, 0}, {error_.descriptor, POLLIN, 0}, {stop_reading_, POLLIN, 0}}};
        if (::poll(awaited.data(), awaited.size(), -1) < 0) continue;
        if (awaited[0].revents != 0 && !read_some(output_)) close_descriptor(output_.descriptor);
        if (awaited[1].revents != 0 && !read_some(error_)) close_descriptor(error_.descriptor);
        if (awaited[2].revents != 0 && awaited[0].revents == 0 && awaited[1].revents == 0) break;
    }
    const std::lock_guard lock{mutex_};
    streams_ended_ = true;
    changed_.notify_all();
}

// False at the end of the stream.
bool Process::read_some(Stream& stream) {
    std::array<char, read_size> buffer{};
    const auto size = ::read(stream.descriptor, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) return true;
    const std::lock_guard lock{mutex_};
    if (size > 0) stream.partial.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t start = 0;
    for (auto end = stream.partial.find('\n'); end != std::string::npos;
         end = stream.partial.find('\n', start)) {
        lines_.push_back({&stream == &output_, stream.partial.substr(start, end - start)});
        start = end + 1;
    }
    stream.partial.erase(0, start);
    if (size <= 0 && !stream.partial.empty())
        lines_.push_back({&stream == &output_, std::move(stream.partial)});
    changed_.notify_all();
    return size > 0;
}

void Process::await_end() {
    siginfo_t ignored{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &ignored, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    {
        const std::lock_guard lock{mutex_};
        int status = 0;
        ::waitpid(pid_, &status, 0);
        status_ = status;
        changed_.notify_all();
    }
    // A grandchild may hold the pipes open: the reader is told to stop once they are empty. An eventfd takes
    // a first write always.
    const std::uint64_t one = 1;
    if (::write(stop_reading_, &one, sizeof one) != sizeof one) std::abort();
}

std::optional<std::string> Process::find_line(const LineMatcher& matches, std::size_t from) const {
    for (std::size_t i = from; i < lines_.size(); ++i) {
        if (matches(lines_[i].text)) return lines_[i].text;
    }
    return std::nullopt;
}

void Process::fail(const std::string& what) const {
    throw WaitFailed(name_ + " " + what + "; it printed:\n" + joined_lines());
}

std::string Process::joined_lines() const {
    std::string result;
    for (const auto& line : lines_)
        result += (line.on_output ? "| " : "! ") + line.text + "\n";
    return result;
}

}  // namespace support
