#include "adapters/happn/known_users.hpp"

namespace happn {

void KnownUsers::remember(const std::string& token_hash, const std::string& user) {
    forget(token_hash);
    if (users_.size() >= max_tokens) forget(std::string{in_order_.front()});
    users_[token_hash] = Known{user, in_order_.insert(in_order_.end(), token_hash)};
}

void KnownUsers::forget(const std::string& token_hash) {
    const auto found = users_.find(token_hash);
    if (found == users_.end()) return;
    in_order_.erase(found->second.place);
    users_.erase(found);
}

std::string KnownUsers::user_of(const std::string& token_hash) const {
    const auto found = users_.find(token_hash);
    return found == users_.end() ? std::string{} : found->second.user;
}

}  // namespace happn
