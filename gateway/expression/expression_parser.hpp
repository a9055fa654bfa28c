// From the text of one `{...}` to an Expression. One object a parse, on the stack; the first problem ends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/expression/expression.hpp"

namespace gateway {

class ExpressionParser {
public:
    ExpressionParser(std::string_view text, std::size_t offset, const Scope& scope, bool wildcards)
        : text_{text}, offset_{offset}, scope_{scope}, wildcards_{wildcards} {}
    Parsed<Expression> parse();

private:
    struct Word {
        std::string text;
        std::size_t at = 0;  // in text_
    };

    bool read_source();
    bool read_path();
    bool read_index();
    bool read_pipes();
    bool read_pipe();
    bool read_arguments(const PipeSignature& signature, const Word& name, Pipe& pipe);
    bool read_argument(std::string& json);
    bool read_quoted(std::string& json);
    bool read_text_argument(std::string& text);
    bool read_number_argument(std::string& number);
    bool check_round(const Pipe& pipe, const Word& name);

    bool resolve_wildcard();
    bool resolve_rest(const Word& word);
    bool resolve_word(const Word& word);
    bool resolve_capture(const Word& word);
    bool resolve_root(const Word& word);
    bool resolve_member_of(const Word& root);
    bool resolve_in(const Word& root);
    bool resolve_in_name(const Word& member);
    bool resolve_vars(const Word& root);
    bool unknown_name(const Word& word);
    bool only_where(bool known, const Word& word, Root root, std::string_view where);
    bool fold();

    /// The next word of the path that is a name; nothing is left of it in the path.
    std::optional<Word> take_member();
    bool no_path_left(const Word& word);

    void skip_blanks();
    char peek();
    bool take(char character);
    Word read_word();
    bool fail(std::size_t at, std::string message, std::string hint = {});

    std::string_view text_;
    std::size_t offset_;
    const Scope& scope_;
    bool wildcards_;
    std::size_t at_ = 0;
    Expression expression_;
    std::vector<std::size_t> step_offsets_;  // of expression_.path
    std::optional<ExpressionProblem> problem_;
};

}  // namespace gateway
