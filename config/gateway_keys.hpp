// The key tables of gateway.yaml: every key there is, its kind, its default (from the structs) and what it
// means. Start-up only.
#pragma once

#include "config/section.hpp"
#include "config/settings.hpp"

namespace config {

Section<Settings> gateway_section();

}  // namespace config
