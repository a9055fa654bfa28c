// The conversation on one HTTP/1.1 connection: requests, one after the other, each read, answered, and its
// reply written. serve_request() is the whole way of one of them. Coroutines on the shard's thread; errors of
// the peer end it. Owned by its connection's coroutine, see http_connection.hpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/rest/body_judge.hpp"
#include "adapters/rest/byte_stream.hpp"
#include "adapters/rest/current_request.hpp"
#include "adapters/rest/http_connection.hpp"
#include "adapters/rest/listener_state.hpp"
#include "adapters/rest/peer.hpp"
#include "adapters/rest/reply_box.hpp"
#include "adapters/rest/reply_sender.hpp"
#include "adapters/rest/request_reader.hpp"
#include "adapters/rest/streams/stream_body.hpp"
#include "gateway/clock.hpp"

namespace rest {

class HttpConversation final : public Connection {
public:
    HttpConversation(std::shared_ptr<ListenerState> state, std::unique_ptr<ByteStream> stream, Peer peer)
        : state_{std::move(state)},
          stream_{std::move(stream)},
          reader_{state_->settings.limits.http_header},
          sender_{*state_, *stream_},
          box_{std::make_shared<ReplyBox>(stream_->get_executor())},
          request_{*state_, std::move(peer)},
          answer_share_{state_->answers, [this] { give_up_answer(); }},
          registration_{*state_, *this} {}

    /// The upgrade that the peer asks for; nullopt: the connection has ended.
    boost::asio::awaitable<std::optional<Upgrade>> run();

    std::unique_ptr<ByteStream> take_stream() { return std::move(stream_); }
    /// A client may send its first frames without waiting for the answer to its upgrade.
    std::string take_unread() { return reader_.take_unread(); }

    void check_deadline(gateway::TimePoint now) override;
    void close_if_idle() override;
    void abort() override;

private:
    using Progress = RequestReader::Progress;

    /// What the connection waits for, and so what happens when that takes too long.
    enum class Phase { idle, head, body, answer, write, stream, drain, linger };

    /// Why the connection goes on, or ends.
    enum class Next { request, close, upgrade };

    // One request:
    boost::asio::awaitable<Next> serve_request();
    std::optional<HttpReply> check_upgrade();
    void begin_request();
    void let_go_of_body();
    void forget_body();
    HttpReply for_pages(HttpReply reply) const;
    bool may_go_on() const;

    // http_conversation_reading.cpp:
    boost::asio::awaitable<bool> read_head();
    boost::asio::awaitable<std::optional<Next>> read_body();
    boost::asio::awaitable<Next> refuse_body(HttpReply refusal);
    boost::asio::awaitable<bool> drain_body();
    boost::asio::awaitable<Progress> read(Progress (RequestReader::*part)(HttpRequest&));
    boost::asio::awaitable<bool> let_go_ahead();
    boost::asio::awaitable<bool> read_more();
    bool waits_for_us() const;

    // http_conversation_replies.cpp:
    boost::asio::awaitable<Next> answer_and_send();
    boost::asio::awaitable<HttpReply> answer();
    boost::asio::awaitable<Next> send(HttpReply reply);
    HttpReply unless_too_large(HttpReply reply) const;
    boost::asio::awaitable<Next> send_stream(HttpReply reply);
    boost::asio::awaitable<void> refuse(HttpReply reply);
    boost::asio::awaitable<void> refuse_late();
    boost::asio::awaitable<void> refuse_unreadable();
    boost::asio::awaitable<void> linger();

    void give_up_answer();
    void enter(Phase phase, gateway::Duration allowed) {
        phase_ = phase;
        deadline_ = gateway::Clock::now() + allowed;
    }

    std::shared_ptr<ListenerState> state_;
    std::unique_ptr<ByteStream> stream_;
    RequestReader reader_;
    ReplySender sender_;
    std::shared_ptr<ReplyBox> box_;
    CurrentRequest request_;
    BodyJudge body_judge_{*state_};
    BytePool::Share answer_share_;
    ReplyFraming framing_;
    Phase phase_ = Phase::idle;
    gateway::TimePoint deadline_ = gateway::TimePoint::max();
    bool timed_out_ = false;
    bool aborted_ = false;
    std::optional<StreamBody> body_;  // of a reply that is a stream
    std::optional<Upgrade> upgrade_;
    Registration registration_;
};

}  // namespace rest
