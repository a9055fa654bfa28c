#include "adapters/rest/reply_box.hpp"

#include "adapters/rest/http_status.hpp"

namespace rest {

class ReplyBox::Ticket {
public:
    Ticket(std::weak_ptr<ReplyBox> box, std::uint64_t turn) : box_{std::move(box)}, turn_{turn} {}
    ~Ticket() {
        if (!answered_) answer(problem(500, "the request was dropped without an answer"));
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    void answer(HttpReply&& reply) {
        if (answered_) return;
        answered_ = true;
        if (const auto box = box_.lock()) box->put(turn_, std::move(reply));
    }

private:
    std::weak_ptr<ReplyBox> box_;
    std::uint64_t turn_;
    bool answered_ = false;
};

Respond ReplyBox::expect() {
    reply_.reset();
    bell_.expires_at(boost::asio::steady_timer::time_point::max());
    auto ticket = std::make_shared<Ticket>(weak_from_this(), ++turn_);
    return [ticket = std::move(ticket)](HttpReply&& reply) { ticket->answer(std::move(reply)); };
}

HttpReply ReplyBox::take() {
    HttpReply reply = std::move(*reply_);
    reply_.reset();
    return reply;
}

void ReplyBox::put(std::uint64_t turn, HttpReply&& reply) {
    if (turn != turn_ || reply_) return;
    reply_ = std::move(reply);
    bell_.cancel();
}

}  // namespace rest
