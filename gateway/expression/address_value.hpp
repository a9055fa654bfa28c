// May this value stand in an address? The one place that decides it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/expression/template.hpp"

namespace gateway {

struct AddressValueRules {
    AddressTemplate::Kind kind = AddressTemplate::Kind::mqtt;
    bool separators = false;       // {name...}
    bool percent_encoded = false;  // cleaned with |url: its escapes are meant
};

/// What is wrong with it, "holds '/'"; nullopt: nothing. The wildcards of every transport are refused on
/// every one, since an address on one side is soon an address on the other; so is an escape that a later
/// decoder would turn into a separator, a dot or a NUL.
std::optional<std::string> unfit_for_address(std::string_view value, const AddressValueRules& rules);

/// Trees that belong to the mesh, the broker or the gateway: `/_*`, `/mesh/schema`, `$...`, the security
/// component.
bool reserved_address(std::string_view address, AddressTemplate::Kind kind);

}  // namespace gateway
