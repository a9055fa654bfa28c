// What the end-to-end tests share: a gateway between a real Mosquitto and its own node, or a real mesh.
#pragma once

#include <string>

#include "tests/support/gateway_process.hpp"
#include "tests/support/js_peer.hpp"
#include "tests/support/mosquitto.hpp"
#include "tests/support/mqtt_probe.hpp"

namespace support {

inline std::string broker_settings(const Mosquitto& mosquitto, int version = 5) {
    return "brokers: { local: { url: \"" + mosquitto.url() + "\", version: " + std::to_string(version) +
           " } }\n";
}

inline std::string mesh_settings(const JsMesh& mesh, const std::string& credentials = "") {
    return "meshes: { site: { url: \"" + mesh.url() + "\"" + credentials + " } }\n";
}

}  // namespace support
