// Our node against captured JS clients: every frame such a client sent to a real node is sent to ours, and
// each answer it got must come in the same shape: the same keys with the same kinds of values, the same
// status, the same dialect; and in the same order.
//
// Not compared, and why:
// - exchange answers and events (publications on /_exchange/responses and /_events): they came from a
// component of the
//   recorded mesh, which this node does not have; answers to calls are specified in unit/node/node_test.cpp;
// - what is in the schema documents: another mesh's components (and setOptions). That they are objects with a
// name counts;
// - `headers` of the login answer: our node keeps no upgrade headers, no client reads them;
// - the server's pings and closes: they depend on time, see unit/node/hub_test.cpp;
// - `port` of the configuration document: the node does not know its listeners.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "tests/conformance/node_visitor.hpp"
#include "tests/tree/tree.hpp"

namespace {

using replay::Json;

struct Line {
    int connection = 0;
    bool to_server = false;
    std::string text;  // as sent
    Json frame;        // null: no JSON
};

/// What we answer otherwise than the real node did, or do not send at all, and why: answers by "<eventId>",
/// publications by "publication <eventId of the publisher>".
using Differences = std::map<std::string, const char*>;

/// happn-3 3 names the protocol in its answers, and by another name in publications; no client reads it.
enum class Protocol { compared, not_compared };

struct Capture {
    const char* name;
    Differences differences = {};
    Protocol protocol = Protocol::compared;
};

std::vector<Line> load(const std::string& name) {
    std::ifstream in{support::test_data("captures/") + name + ".jsonl"};
    std::vector<Line> lines;
    for (std::string text; std::getline(in, text);) {
        const Json entry = Json::parse(text);
        if (entry.contains("frame")) {
            lines.push_back({entry["conn"], entry["dir"] == "c>s", entry["frame"].dump(), entry["frame"]});
        } else if (entry.contains("raw")) {
            lines.push_back({entry["conn"], true, entry["raw"], {}});
        }
    }
    return lines;
}

std::string kind_of(const Json& value) {
    return value.is_number() ? "number" : value.type_name();
}

/// {"a":1,"b":["x"]} -> {"a":"number","b":["string"]}; strings that decide something stay themselves.
Json shape(const Json& value, const std::string& key = {}) {
    static const std::set<std::string> telling{
        "status", "type", "action", "protocol", "path", "channel", "eventKey"};
    if (value.is_object()) {
        Json shaped = Json::object();
        for (const auto& [name, member] : value.items()) {
            shaped[name] = shape(member, name);
        }
        return shaped;
    }
    if (value.is_array()) {
        Json shaped = Json::array();
        for (const auto& element : value) {
            shaped.push_back(shape(element));
        }
        return shaped;
    }
    return value.is_string() && telling.contains(key) ? value : Json(kind_of(value));
}

bool is_schema_document(const Json& data) {
    return data.is_object() && data.contains("name") &&
           (data.contains("components") || data.contains("datalayer"));
}

void blur_schema(Json& data) {
    if (is_schema_document(data)) {
        data = Json{{"name", "a name"}, {"_meta", data.value("_meta", Json{})}};
    }
}

Json comparable(Json frame) {
    if (frame.is_array()) {
        for (auto& item : frame) {
            blur_schema(item);
        }
        Json shaped = shape(frame);
        std::sort(shaped.begin(), std::prev(shaped.end()));  // their order: see query_matrix_test.cpp
        return shaped;
    }
    if (frame.contains("data")) {
        blur_schema(frame["data"]);
        if (frame["data"].is_object()) {
            frame["data"].erase("headers");
        }
    }
    return shape(frame);
}

const Json& meta_of(const Json& frame) {
    static const Json none = Json::object();
    if (frame.is_array() && !frame.empty()) {
        return frame.back();
    }
    return frame.is_object() && frame.contains("_meta") ? frame["_meta"] : none;
}

bool from_component(const Json& frame) {
    const auto path = meta_of(frame).value("path", Json{});
    const auto text = path.is_string() ? path.get<std::string>() : std::string{};
    return meta_of(frame).value("type", "") == "data" &&
           (text.starts_with("/_exchange/responses/") || text.starts_with("/_events/"));
}

/// Primus' control strings depend on time, the others on components: see above.
bool not_compared(const Json& frame) {
    return frame.is_string() || from_component(frame);
}

class CaptureReplay {
public:
    explicit CaptureReplay(const Capture& capture)
        : lines_{load(capture.name)},
          differences_{capture.differences},
          compares_protocol_{capture.protocol == Protocol::compared} {}

    void run() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            SCOPED_TRACE("frame " + std::to_string(i) + ": " + lines_[i].frame.dump().substr(0, 200));
            if (lines_[i].to_server) {
                client(lines_[i].connection).say(names_.translated(lines_[i].text));
            } else {
                expect(lines_[i]);
            }
        }
        EXPECT_GT(compared_, 5);
        EXPECT_EQ(differing_, differences_.size());
        for (const auto& [connection, visitor] : clients_) {
            for (const auto& frame : visitor->left()) {
                EXPECT_TRUE(not_compared(frame)) << "not in the capture: " << frame.dump();
            }
        }
    }

private:
    Json comparable(const Json& frame) const {
        Json shaped = ::comparable(frame);
        if (!compares_protocol_ && shaped.is_object()) shaped.erase("protocol");
        return shaped;
    }

    replay::Visitor& client(int connection) {
        auto& visitor = clients_[connection];
        if (!visitor) {
            visitor = std::make_unique<replay::Visitor>(gateway_.node);
        }
        return *visitor;
    }

    void expect(const Line& line) {
        if (not_compared(line.frame)) {
            return;
        }
        auto expected = names_.translated(line.frame);
        auto& receiver = client(line.connection);
        receiver.skip(not_compared);
        const auto got =
            receiver.take_past([&](const Json& frame) { return answers(frame, expected); },
                               [&](const Json& frame) { return same_publication(frame, expected); });
        const auto listed = differences_.find(key_of(expected));
        if (!got && listed != differences_.end()) {
            ++differing_;
            return;
        }
        if (!got) {
            ADD_FAILURE() << (receiver.left().empty() ? "no answer"
                                                      : "next is " + receiver.left().front().dump());
            return;
        }
        learn(line.frame, *got);
        if (listed != differences_.end()) {
            EXPECT_NE(comparable(*got), comparable(names_.translated(line.frame)))
                << "no difference any more: " << listed->second;
            ++differing_;
            return;
        }
        expected = names_.translated(line.frame);
        EXPECT_EQ(comparable(*got), comparable(expected));
        ++compared_;
    }

    static std::string key_of(const Json& frame) {
        const Json& meta = meta_of(frame);
        if (meta.contains("publicationId")) {
            const auto id = meta["publicationId"].get<std::string>();
            return "publication " + id.substr(id.rfind('-') + 1);
        }
        return meta.contains("eventId") ? meta["eventId"].dump() : std::string{};
    }

    /// What the server makes up: ids of sessions and of subscriptions, paths of siblings and tags.
    void learn(const Json& recorded, const Json& got) {
        static const std::regex made_up{"/[0-9]{13}_[0-9a-f]{32}$"};
        const Json path = meta_of(recorded).value("path", Json{});
        if (path.is_string() && std::regex_search(path.get_ref<const std::string&>(), made_up)) {
            names_.add(path, meta_of(got).value("path", Json{}));
        }
        if (recorded.is_object() && recorded.contains("data") && recorded["data"].is_object()) {
            const auto& action = meta_of(recorded).value("action", "");
            if (action == "login" || action == "on") {
                names_.add(recorded["data"].value("id", Json{}), got["data"].value("id", Json{}));
            }
        }
    }

    /// One publication on several channels of a client: the only frames whose order a node does not define.
    static bool same_publication(const Json& frame, const Json& expected) {
        const Json id = meta_of(frame).value("publicationId", Json{});
        return !id.is_null() && id == meta_of(expected).value("publicationId", Json{});
    }

    static bool answers(const Json& frame, const Json& expected) {
        for (const char* key : {"type", "eventId", "channel", "publicationId"}) {
            if (meta_of(frame).value(key, Json{}) != meta_of(expected).value(key, Json{})) {
                return false;
            }
        }
        return frame.is_string() == expected.is_string();
    }

    std::vector<Line> lines_;
    Differences differences_;
    bool compares_protocol_;
    replay::NodeUnderTest gateway_;
    std::map<int, std::unique_ptr<replay::Visitor>> clients_;
    replay::Names names_;
    int compared_ = 0;
    std::size_t differing_ = 0;
};

const char* const other_items = "everything that is stored: the recorded server had items of its own";

const Differences old_servers_defects{
    {"51", "the old server loses conditions on names that begin with data."},
    {"52", "the old server takes $or for $and"},
    {"68", "the old server fails on a subscription without options"},
    {"69", "the old server stores what has no text as its path, and fails then"},
    {"70", "the old server stores what has no text as its path, and fails then"},
    {"publication 74", "on the old server subscriptions without wildcards survive off *"},
};

class CapturedClient : public testing::TestWithParam<Capture> {};

TEST_P(CapturedClient, GetsAnswersOfTheShapeThatARealNodeGave) {
    CaptureReplay{GetParam()}.run();
}

INSTANTIATE_TEST_SUITE_P(
    Captures,
    CapturedClient,
    testing::Values(Capture{"happn-1.12.1-client-insecure"},
                    Capture{"happn-13.12.1-client-insecure"},
                    Capture{"happner-2.13.0-insecure"},
                    Capture{"happner-13.1.1-insecure"},
                    Capture{"happner-client-12.7.6-full-insecure"},
                    Capture{"happner-client-12.7.6-light-insecure"},
                    Capture{"happner-client-2.0.0-on-happner-5.2.1-insecure",
                            {{"4", "happn-3 3 repeats the answer's _meta in its data"}},
                            Protocol::not_compared},
                    Capture{"happner-client-11.6.7-on-happner-11.16.1-insecure"},
                    Capture{"raw-exchange-13.1.1-insecure", {{"48", other_items}}},
                    Capture{"raw-exchange-2.13.0-insecure",
                            {{"30", "the old server had stored what its answers to itself said"},
                             {"31", "the old server had stored what its answers to itself said"},
                             {"46", other_items}}},
                    Capture{"raw-actions-happn_4-on-13.1.1"},
                    Capture{"raw-actions-happn_1.3.0-on-2.13.0", old_servers_defects}),
    [](const auto& of) {
        std::string name{of.param.name};
        std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
        return name;
    });

}  // namespace
