// Patterns are compiled and matched against any address: no crash, and what match() accepts keeps its
// promises.
#include <string>

#include "gateway/expression/address_pattern.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace gateway {
namespace {

using fuzz::require;

void check_problem(const ExpressionProblem& problem, std::string_view text) {
    require(!problem.message.empty(), "a problem has a message");
    require(problem.offset <= text.size(), "a problem lies in its text");
}

void check_captures(const AddressPattern& pattern, const Captures& captures) {
    require(captures.size() == pattern.names().size(), "every name is bound");
    for (std::size_t at = 0; at < captures.size(); ++at) {
        const bool rest = pattern.names()[at].type == CaptureType::rest;
        require(!captures[at].empty(), "no capture is empty");
        require(rest || captures[at].find('/') == std::string::npos, "one level holds no separator");
        if (pattern.kind() != AddressKind::http) continue;
        require(captures[at].find('\0') == std::string::npos, "no NUL from a URL");
        require(captures[at] != "..", "no parent level from a URL");
    }
}

void check_relations(const AddressPattern& a, const AddressPattern& b, std::string_view address) {
    const bool both = a.match(address) && b.match(address);
    require(!both || a.intersects(b), "patterns that match one address overlap");
    require(a.intersects(b) == b.intersects(a), "overlap has no direction");
    require(!(a.more_specific_than(b) && b.more_specific_than(a)), "one of two comes first");
    require(!a.more_specific_than(a), "nothing is before itself");
}

void run(fuzz::Input input) {
    const auto kind = static_cast<AddressKind>(input.byte() % 4);
    const auto text = input.piece();
    const auto address = input.piece();
    const auto other_text = input.piece();
    const auto parsed = AddressPattern::parse(text, kind);
    if (!parsed) return check_problem(parsed.error(), text);
    (void)parsed->subscription();
    const auto captures = parsed->match(address);
    if (captures) check_captures(*parsed, *captures);
    if (parsed->literal() && kind == AddressKind::mqtt) {
        require(parsed->match(parsed->subscription()).has_value(), "a literal matches itself");
    }
    const auto other = AddressPattern::parse(other_text, kind);
    if (other) check_relations(*parsed, *other, address);
}

}  // namespace
}  // namespace gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gateway::run({data, size});
    return 0;
}
