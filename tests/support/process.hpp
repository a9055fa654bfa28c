// A child process with its three streams. Two threads of the object's own read what it prints, so that it
// never blocks on a full pipe, and note its end; all members may be called from any thread. The child is
// killed by the destructor, and by the kernel when the test itself dies. Failed waits throw WaitFailed with
// all that was printed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/patience.hpp"

namespace support {

struct Command {
    std::vector<std::string> arguments;                   // the program, looked up in PATH, and its arguments
    std::map<std::string, std::string> environment = {};  // added to our own
    std::string directory = {};                           // to run in; empty: ours
};

class Process {
public:
    explicit Process(const Command& command);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    bool running() const;

    void write_line(std::string_view line);
    void close_input();

    /// The first line of either stream from `from` on that contains the text. Throws when the process ends
    /// without having printed it, or at the deadline. `from` is a line_count() of earlier: only later lines
    /// count.
    std::string wait_for_line(std::string_view text,
                              std::chrono::milliseconds limit = patience,
                              std::size_t from = 0);
    /// The same for any line that `matches` accepts; `what` names it in the failure.
    using LineMatcher = std::function<bool(const std::string&)>;
    std::string wait_for_line(std::string_view what,
                              const LineMatcher& matches,
                              std::chrono::milliseconds limit = patience,
                              std::size_t from = 0);
    std::size_t line_count() const;

    /// The next line of standard output that this function has not given yet; throws as wait_for_line does.
    std::string next_output_line(std::chrono::milliseconds limit = patience);

    void signal(int number);
    /// SIGKILL, and waits for the end.
    void kill();
    /// The exit code, or 128 + signal, once all that it printed has been read. Throws at the deadline.
    int wait(std::chrono::milliseconds limit = patience);

    /// All that was printed so far, both streams, in the order of arrival.
    std::string printed() const;
    /// What was printed on standard output so far, as a pipe would have it; of a process that has ended, all.
    std::string output() const;

private:
    struct Line {
        bool on_output;  // else on standard error
        std::string text;
    };
    struct Stream {
        int descriptor = -1;
        std::string partial;  // what came after the last line end
    };

    void read_streams();
    bool read_some(Stream& stream);
    void await_end();
    std::optional<std::string> find_line(const LineMatcher& matches, std::size_t from) const;
    [[noreturn]] void fail(const std::string& what) const;
    std::string joined_lines() const;

    std::string name_;
    pid_t pid_ = -1;
    int input_ = -1;
    int stop_reading_ = -1;  // eventfd
    Stream output_;
    Stream error_;

    mutable std::mutex mutex_;  // guards everything below, and input_
    std::condition_variable changed_;
    std::vector<Line> lines_;
    std::size_t next_output_ = 0;  // index into lines_
    bool streams_ended_ = false;
    std::optional<int> status_;

    std::thread reader_;
    std::thread waiter_;
};

}  // namespace support
