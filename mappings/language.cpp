#include "mappings/language.hpp"

#include "mappings/language/component_keys.hpp"
#include "mappings/language/delivery_keys.hpp"
#include "mappings/language/route_keys.hpp"
#include "mappings/language/shapes.hpp"
#include "mappings/language/test_keys.hpp"

namespace mappings {
namespace {

using namespace keys;

constexpr std::array mqtt_default_keys{
    Key{"broker", &text, broker_doc},
    Key{"qos", &qos, "Quality of service where a route says none."},
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table mqtt_defaults_table{
    "mqtt defaults", "For every mqtt source and target of this file.", mqtt_default_keys};
constexpr Shape mqtt_defaults = map_of(mqtt_defaults_table);
constexpr std::array happn_default_keys{
    Key{"mesh", &text, mesh_doc},
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table happn_defaults_table{
    "happn defaults", "For every happn source and target, and every call, of this file.", happn_default_keys};
constexpr Shape happn_defaults = map_of(happn_defaults_table);
constexpr std::array http_default_keys{
    Key{"timeout", &duration, timeout_doc},
};
constexpr Table http_defaults_table{
    "http defaults", "For every http target of this file.", http_default_keys};
constexpr Shape http_defaults = map_of(http_defaults_table);
constexpr std::array default_keys{
    Key{"mqtt", &mqtt_defaults, "For mqtt sources and targets."},
    Key{"happn", &happn_defaults, "For happn sources and targets, and calls."},
    Key{"delivery", &delivery, delivery_doc},
    Key{"http", &http_defaults, "For http targets."},
};
constexpr Table defaults_table{"defaults", "What routes of this file need not say.", default_keys};
constexpr Shape defaults = map_of(defaults_table);

constexpr std::array file_keys{
    Key{"version", &integer, "The version of the mapping language: 1."},
    Key{"vars", &named_data, "Constants of this file: {vars.name}."},
    Key{"defaults", &defaults, "What routes of this file need not say."},
    Key{"routes", &routes, "Routes by name; names are unique over all files."},
    Key{"components", &components, "Mesh components that the gateway provides, by name."},
    Key{"tests", &tests, "Examples that are run by `happn-gateway test`."},
    Key{"codecs", &later, {}},
};

}  // namespace

extern const Table file_table{
    "a mapping file", "Routes and components of the gateway, and tests of them.", file_keys};

}  // namespace mappings
