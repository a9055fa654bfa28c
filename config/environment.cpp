#include "config/environment.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace config {

Environment Environment::of_process(std::filesystem::path directory) {
    return {[](std::string_view name) -> std::optional<std::string> {
                const char* value = std::getenv(std::string{name}.c_str());
                return value == nullptr ? std::nullopt : std::optional<std::string>{value};
            },
            std::move(directory)};
}

class VariableExpansion {
public:
    VariableExpansion(const Environment& environment, Findings& findings)
        : environment_{environment}, findings_{findings} {}

    void expand(Node& node) const {
        if (node.is_scalar()) {
            expand_scalar(node);
        }
        for (auto& item : node.items_) {
            expand(item);
        }
        for (auto& member : node.members_) {
            expand(member.value);
        }
    }

private:
    static constexpr std::string_view file_prefix = "file:";

    void expand_scalar(Node& node) const {
        if (node.text_.find("${") != std::string::npos) {
            node.text_ = with_variables(node);
        }
        const std::string_view text = node.text_;
        if (text.starts_with(file_prefix) && text.size() > file_prefix.size() &&
            text[file_prefix.size()] != ' ') {
            node.file_ =
                (environment_.directory / text.substr(file_prefix.size())).lexically_normal().string();
            node.text_ = secret(node, text.substr(file_prefix.size()));
            node.quoted_ = true;
        }
    }

    std::string with_variables(const Node& node) const {
        const std::string_view text = node.text();
        std::string out;
        std::size_t at = 0;
        while (at < text.size()) {
            if (text.substr(at).starts_with("$${")) {
                out += "${";
                at += 3;
            } else if (text.substr(at).starts_with("${")) {
                const auto end = text.find('}', at);
                if (end == std::string_view::npos) {
                    findings_.error(
                        "HG208", node.place_at(at), "'${' without '}'", "write $${ for a literal ${");
                    return out;
                }
                out += value_of(text.substr(at + 2, end - at - 2), node, at);
                at = end + 1;
            } else {
                out.push_back(text[at++]);
            }
        }
        return out;
    }

    std::string value_of(std::string_view spelled, const Node& node, std::size_t offset) const {
        const auto split = spelled.find(":-");
        const auto name = spelled.substr(0, split);
        auto value = environment_.variable ? environment_.variable(name) : std::nullopt;
        if (split != std::string_view::npos) {
            return value && !value->empty() ? *value : std::string{spelled.substr(split + 2)};
        }
        if (!value) {
            findings_.error("HG208",
                            node.place_at(offset),
                            "environment variable '" + std::string{name} + "' is not set",
                            "set it, or write ${" + std::string{name} + ":-default}");
        }
        return value.value_or("");
    }

    std::string secret(const Node& node, std::string_view spelled) const {
        const auto path = environment_.directory / std::filesystem::path{spelled};
        std::error_code ec;
        const auto size = std::filesystem::file_size(path, ec);
        std::ifstream in{path, std::ios::binary};
        if (ec || !in) {
            findings_.error("HG208", node.place(), "secret file '" + path.string() + "' cannot be read");
            return {};
        }
        if (size > max_secret_bytes) {
            findings_.error("HG208", node.place(), "secret file '" + path.string() + "' is too large");
            return {};
        }
        std::string text{std::istreambuf_iterator<char>{in}, {}};
        while (text.ends_with('\n') || text.ends_with('\r')) {
            text.pop_back();
        }
        return text;
    }

    const Environment& environment_;
    Findings& findings_;
};

Node expand(Node tree, const Environment& environment, Findings& findings) {
    VariableExpansion{environment, findings}.expand(tree);
    return tree;
}

}  // namespace config
