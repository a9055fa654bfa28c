// The recorded conversation of a happner 2.14.2 node with its own internal client and one client that
// connects: six sections, each the whole conversation up to another point. tests/data/seed-transcript.json.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tree/tree.hpp"

namespace transcript {

using Json = nlohmann::json;

struct Message {
    std::size_t index = 0;  // in its section
    bool to_server = false;
    std::string action;
    Json frame;
};

struct Section {
    std::string name;
    std::vector<Message> messages;
};

/// Message 26 of all sections but the first is what the recorder printed of its client's component model:
/// never on the wire, so never replayed.
inline constexpr std::size_t printed_model = 26;
inline bool on_the_wire(const Message& message) {
    return message.index != printed_model || message.frame.contains("action") ||
           message.frame.contains("_meta");
}

inline std::vector<Section> load() {
    const Json recorded = Json::parse(std::ifstream{support::test_data("seed-transcript.json")});
    std::vector<Section> sections;
    for (const auto& recorded_section : recorded) {
        Section section{recorded_section.at("section"), {}};
        for (const auto& entry : recorded_section.at("messages")) {
            section.messages.push_back({section.messages.size(),
                                        entry.at("direction") == "client->server",
                                        entry.at("action"),
                                        entry.at("message")});
        }
        sections.push_back(std::move(section));
    }
    return sections;
}

/// Hands every message of the section to whoever plays its sender or its receiver, in order.
template <typename ToServer, typename ToClient>
void replay(const Section& section, ToServer&& to_server, ToClient&& to_client) {
    std::size_t skipped = 0;
    for (const Message& message : section.messages) {
        SCOPED_TRACE(section.name + ", message " + std::to_string(message.index) + ' ' + message.action);
        if (!on_the_wire(message)) {
            ++skipped;
        } else if (message.to_server) {
            to_server(message);
        } else {
            to_client(message);
        }
    }
    EXPECT_EQ(skipped, section.messages.size() > printed_model ? 1u : 0u);
}

}  // namespace transcript
