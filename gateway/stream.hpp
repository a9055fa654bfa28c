// A stream: what an HTTP request is answered instead of one response, as long as both sides like. The sink
// brings items by Outcomes::on_item, the dispatcher shapes them as the route's `respond.body` says, and the
// reader, which the transport owns, takes them as they come: it must queue, and bound its queue, itself.
// Values that were stored before are not brought but taken, as many at a time as the reader has room for.
// Shard's thread.
#pragma once

#include <optional>
#include <string>

#include "gateway/error.hpp"
#include "gateway/message.hpp"

namespace gateway {

struct StreamOptions;  // gateway/route.hpp

struct StreamItem {
    std::string address;  // path or topic
    Payload payload;
    Action action = Action::set;
    std::string mark;  // names the item, so that a later stream may begin behind it; empty: nothing does
};

class StreamReader {
public:
    virtual ~StreamReader() = default;
    virtual void on_item(StreamItem item) = 0;
    /// Stored values wait to be taken by OpenStream::next_stored, until that gives none. Their place is here:
    /// after what has come before, and before what comes from now on.
    virtual void on_stored() {}
    /// Items were missed here, and nobody knows how many.
    virtual void on_gap() = 0;
    /// The last call. `why`: absent when the stream has come to its natural end.
    virtual void on_end(std::optional<Error> why) = 0;
};

/// The reader's hold on an open stream. Its destruction ends the stream; nothing is called from then on.
class OpenStream {
public:
    virtual ~OpenStream() = default;
    /// To be called once, before the responder that was given this stream returns: items that came before
    /// would be lost. The reader outlives this, or the stream's end.
    virtual void read(StreamReader& reader) = 0;
    /// The next of the stored values that on_stored has told of. nullopt: that was the last of them; if
    /// on_stored has been called once more, the next call begins with those.
    virtual std::optional<StreamItem> next_stored() = 0;
    /// Valid as long as this.
    virtual const StreamOptions& options() const = 0;
};

}  // namespace gateway
