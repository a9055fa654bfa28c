#include <boost/version.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/commands.hpp"

namespace gateway::app {

int version_command(bool as_json) {
    const nlohmann::ordered_json facts = {
        {"version", HG_VERSION},
        {"protocols",
         {{"happn", {"happn", "happn_1.x", "happn_2", "happn_3", "happn_4"}},
          {"mqtt", {"3.1.1", "5.0"}},
          {"http", {"1.1"}}}},
        {"libraries", {{"boost", BOOST_LIB_VERSION}, {"nlohmann_json", NLOHMANN_JSON_VERSION_MAJOR}}},
    };
    if (as_json) {
        std::cout << facts.dump(2) << '\n';
        return 0;
    }
    std::cout << "happn-gateway " << HG_VERSION << '\n'
              << "happn: client and node, protocols happn (1.1), happn_1.x to happn_4\n"
              << "MQTT:  3.1.1 and 5.0\n"
              << "HTTP:  1.1\n"
              << "Boost " << BOOST_LIB_VERSION << '\n';
    return 0;
}

}  // namespace gateway::app
