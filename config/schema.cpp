#include "config/schema.hpp"

#include "config/gateway_keys.hpp"

namespace config {

std::string schema() {
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "Configuration of happn-gateway"},
                {"description", "Made by `happn-gateway schema` from the program's own key tables."}};
    schema.update(gateway_section().schema());
    schema["$defs"]["variable"] = {
        {"description", "Read from the environment: ${VAR}, ${VAR:-default}; or from a file: file:PATH."},
        {"type", "string"},
        {"pattern", "\\$\\{|^file:"}};
    return schema.dump(2) + "\n";
}

}  // namespace config
