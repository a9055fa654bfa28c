// Tokens differ from run to run: those that logins give now are put in place of the recorded ones.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace rest {

class RecordedTokens {
public:
    using Json = nlohmann::json;

    /// Where /rest/login and /auth/login put it; null: there is none.
    static Json* token_in(Json& body) {
        if (!body.is_object() || !body.contains("data")) return nullptr;
        Json& data = body["data"];
        if (body["message"] == "login successful") return &data;
        return data.is_object() && data.contains("token") ? &data["token"] : nullptr;
    }

    void learn(Json recorded, const std::string& answered) {
        Json got = Json::parse(answered, nullptr, false);
        const Json* theirs = token_in(recorded);
        const Json* ours = token_in(got);
        if (theirs != nullptr && ours != nullptr && ours->is_string()) tokens_[*theirs] = *ours;
    }

    /// `text` with today's tokens.
    std::string in_place(std::string text) const {
        for (const auto& [theirs, ours] : tokens_) {
            for (auto at = text.find(theirs); at != std::string::npos;
                 at = text.find(theirs, at + ours.size()))
                text.replace(at, theirs.size(), ours);
        }
        return text;
    }

private:
    std::map<std::string, std::string> tokens_;
};

}  // namespace rest
