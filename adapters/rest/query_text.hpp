// A query as Node's querystring reads it: what is no percent-encoding stands for itself, and what is no UTF-8
// becomes U+FFFD; the first thousand fields count. For the mirror; mapped routes refuse such a query. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/message.hpp"

namespace rest {

std::vector<gateway::NameValue> read_query_as_node(std::string_view query);

}  // namespace rest
