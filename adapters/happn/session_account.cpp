#include "adapters/happn/session_account.hpp"

#include "adapters/happn/frame.hpp"
#include "gateway/json.hpp"

namespace happn {
namespace {

std::string_view raw_member(std::string_view object, std::string_view key) {
    return gateway::json::member(object, key).value_or(std::string_view{});
}

}  // namespace

std::string session_account(std::string_view login) {
    const std::string_view user = raw_member(login, "user");
    std::string account;
    ObjectWriter writer{account};
    writer.optional_raw("id", raw_member(login, "id"));
    writer.number("type", 0);
    for (const std::string_view key :
         {"timestamp", "isEncrypted", "origin", "parentId", "policy"})  // as far as the generation has them
        writer.optional_raw(key, raw_member(login, key));
    const bool oldest = raw_member(login, "parentId").empty();
    if (oldest) writer.optional_raw("permissionSetKey", raw_member(login, "permissionSetKey"));
    writer.boolean("isToken", true);
    writer.optional_raw("username", raw_member(user, "username"));
    writer.optional_raw("userid", raw_member(user, "userid"));
    if (!oldest) writer.optional_raw("happn", raw_member(login, "happn"));
    writer.end();
    return account;
}

}  // namespace happn
