// Odd requests of happner's REST: what its clients seldom send, and where two servers are most likely to
// differ. Any of them may be put to a mesh of tests/peers/mesh.js and to a gateway in front of it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace support {

enum class Who { stranger, tester, admin };

struct Asked {
    std::string name;
    Who who = Who::admin;
    std::string method = "POST";
    std::string target = "/rest/method/componentName/methodName";
    std::string body = {};
    std::map<std::string, std::string> headers = {};  // Content-Type is application/json unless given
};

/// The body of a usual call.
inline const std::string usual_body = R"({"parameters":{"a":1}})";

/// Every request has a name of its own.
std::vector<Asked> odd_requests();

}  // namespace support
