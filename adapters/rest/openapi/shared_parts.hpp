// `components` of an OpenAPI document: how a caller shows who it is, and what errors look like.
#pragma once

#include <cstdint>

#include "adapters/rest/openapi/draft.hpp"
#include "adapters/rest/openapi/view.hpp"

namespace rest::openapi {

Json shared_parts(const View& view);

/// A response that shared_parts() describes: "#/components/responses/NAME".
Json shared_response(const char* name);
Json shared_schema(const char* name);

inline constexpr const char* problem_schema = "Problem";  // RFC 9457, of mapped routes
inline constexpr const char* failure_schema = "Failure";  // happner's envelope, of the mirror

enum class Surface : std::uint8_t {
    mirror,
    mapped,  // cookies do not count there
};
enum class Token : std::uint8_t { required, optional };

/// The `security` of an operation: any one of the tokens that are configured, or none where it is optional.
Json security_of(const gateway::RestSettings& rest, Surface surface, Token token);

}  // namespace rest::openapi
