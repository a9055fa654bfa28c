#include <iostream>

#include "config/schema.hpp"
#include "gateway/app/commands.hpp"
#include "mappings/schema.hpp"

namespace gateway::app {

int schema_command(const std::string& which) {
    std::cout << (which == "gateway" ? config::schema() : mappings::schema());
    return 0;
}

}  // namespace gateway::app
