// Whose tokens a mesh has accepted, by a hash of the token: they are known for longer than their sessions are
// kept, so that whoever fills the sessions up does not make strangers of users. Bounded: the token that was
// accepted first is forgotten first. On the io_context's thread.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace happn {

class KnownUsers {
public:
    static constexpr std::size_t max_tokens = 20'000;

    void remember(const std::string& token_hash, const std::string& user);
    /// The mesh has refused the token.
    void forget(const std::string& token_hash);
    /// Empty: not known.
    std::string user_of(const std::string& token_hash) const;

private:
    struct Known {
        std::string user;
        std::list<std::string>::iterator place;
    };
    std::unordered_map<std::string, Known> users_;
    std::list<std::string> in_order_;  // the same hashes, the oldest first
};

}  // namespace happn
