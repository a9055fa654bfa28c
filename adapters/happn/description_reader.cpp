#include "adapters/happn/description_reader.hpp"

#include <algorithm>
#include <utility>

#include "adapters/happn/paths.hpp"

namespace happn {

using gateway::Errc;
using gateway::Error;
using gateway::TimePoint;

namespace {

SessionFsm::Ask get_description() {
    SessionFsm::Ask get;
    get.action = "get";
    get.path = schema_description;
    get.data = "null";
    get.options = "{}";
    return get;
}

/// Any other error is what the mesh has answered: it shows nothing to us.
bool could_not_ask(const Error& error) {
    return error.errc == Errc::timeout || error.errc == Errc::unavailable || error.errc == Errc::overloaded;
}

}  // namespace

void DescriptionReader::on_ready(TimePoint now) {
    current_ = false;
    answered_ = 0;
    read(now);
}

void DescriptionReader::on_closed() {
    current_ = false;
    why_.clear();
    again_at_.reset();
}

void DescriptionReader::on_tick(TimePoint now) {
    if (again_at_ && *again_at_ <= now) {
        read(now);
    }
}

/// The next try is set before the answer to this one: it falls away when the description has come.
void DescriptionReader::read(TimePoint now) {
    again_at_ = now + answer_limit_ + pause;
    ask_(get_description(), now + answer_limit_, [this, now](const SessionFsm::Answer& answer) {
        if (again_at_) {  // else the session is over, or the description was published meanwhile
            again_at_ = now + pause;
            on_answer(answer);
        }
    });
}

void DescriptionReader::refresh(TimePoint deadline, OnRead done) {
    waiting_.push_back({deadline, std::move(done)});
    if (!refreshing_until_ || deadline < *refreshing_until_) read_for_waiting();
}

void DescriptionReader::read_for_waiting() {
    if (waiting_.empty()) return;
    auto served = std::exchange(waiting_, {});
    const auto until = std::ranges::min(served, {}, &Waiting::deadline).deadline;
    refreshing_until_ = until;
    ask_(get_description(),
         until,
         [this, until, served = std::move(served)](const SessionFsm::Answer& answer) {
             serve(served, until, answer);
         });
}

/// Who has time left when the mesh has not answered waits for it again.
void DescriptionReader::serve(std::vector<Waiting> served,
                              TimePoint until,
                              const SessionFsm::Answer& answer) {
    if (answer) take((*answer)->data);
    refreshing_until_.reset();
    const bool silent = !answer && answer.error().errc == Errc::timeout;
    std::optional<Error> error;
    if (!answer && could_not_ask(answer.error())) error = answer.error();
    for (Waiting& waiting : served) {
        if (silent && waiting.deadline > until) {
            waiting_.push_back(std::move(waiting));
        } else {
            waiting.done(error);
        }
    }
    if (!refreshing_until_) read_for_waiting();
}

void DescriptionReader::on_answer(const SessionFsm::Answer& answer) {
    why_ = answer ? "the mesh has none" : answer.error().message;
    if (answer) take((*answer)->data);
    const bool silent = !answer && answer.error().errc == Errc::timeout;
    if (current_ || silent || ++answered_ < tries) return;
    description_ = std::make_shared<const gateway::MeshDescription>();
    current_ = true;
    again_at_.reset();
}

void DescriptionReader::take(std::string_view data) {
    if (auto description = read_description(data)) {
        description_ = std::move(description);
        current_ = true;
        why_.clear();
        again_at_.reset();
    }
}

std::string DescriptionReader::missing() const {
    if (current_) {
        return {};
    }
    const std::string waiting{"waiting for the mesh's description"};
    return why_.empty() ? waiting : waiting + ": " + why_;
}

}  // namespace happn
