// Templates are compiled and evaluated with any payload and captures: what comes out is JSON, no address that
// was put together holds a wildcard, a NUL or a parent level, and no filter more wildcards than were spelled.
#include <algorithm>
#include <map>
#include <string>

#include "gateway/expression/object_map.hpp"
#include "gateway/expression/template.hpp"
#include "gateway/json.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace gateway {
namespace {

using fuzz::require;

const std::map<std::string, Value>& variables() {
    static const std::map<std::string, Value> vars{{"site", Value::text("plant7")}, {"n", Value::integer(7)}};
    return vars;
}

Scope scope_of(Scope::Source source) {
    Scope scope;
    scope.source = source;
    scope.captures = {{"a", CaptureType::text}, {"rest", CaptureType::rest}};
    scope.parameters = {"p"};
    scope.query = {"q"};
    scope.vars = &variables();
    scope.out = scope.answer = scope.error = scope.call_id = true;
    return scope;
}

struct Data {
    Message message;
    Captures captures;
    Payload payload;
    std::vector<Bytes> answers;
    Error error{Errc::timeout, "late"};

    Evaluation evaluation() const {
        Evaluation evaluation;
        evaluation.message = &message;
        evaluation.captures = &captures;
        evaluation.payload = evaluation.out = evaluation.answer = &payload;
        evaluation.answers = &answers;
        evaluation.error = &error;
        evaluation.message_id = evaluation.call_id = "id";
        evaluation.route_name = evaluation.gateway_name = "name";
        evaluation.time = 1772366400250;
        return evaluation;
    }
};

void check_value(const Expanded<Value>& value) {
    if (!value || value->absent()) return;
    require(json::valid(value->json().view()), "a value is JSON");
}

void check_template(std::string_view text, const Scope& scope, const Evaluation& evaluation) {
    const auto parsed = Template::parse(text, scope);
    if (!parsed) {
        require(parsed.error().offset <= text.size(), "a problem lies in its text");
        return;
    }
    check_value(parsed->evaluate(evaluation));
    ObjectMap::Object members;
    members.push_back({"...", ObjectMap{*parsed}});
    members.push_back({"k", ObjectMap{*parsed}});
    check_value(ObjectMap::object(std::move(members)).render(evaluation));
}

bool has_level(std::string_view address, std::string_view level) {
    return ("/" + std::string{address} + "/").find("/" + std::string{level} + "/") != std::string::npos;
}

std::ptrdiff_t wildcards_in(std::string_view text) {
    return std::ranges::count_if(
        text, [](char character) { return character == '+' || character == '#' || character == '*'; });
}

void check_address(const std::string& address,
                   AddressTemplate::Kind kind,
                   const AddressTemplate& made,
                   bool wildcards) {
    const std::string_view forbidden = kind == AddressTemplate::Kind::mqtt ? "+#" : "#*";
    require(wildcards ? wildcards_in(address) <= wildcards_in(made.text())
                      : address.find_first_of(forbidden) == std::string::npos,
            "no wildcard in an address but those that its template spells");
    require(address.find('\0') == std::string::npos, "no NUL in an address");
    require(!has_level(address, ".."), "no parent level in an address");
    require(!address.empty() && address.size() <= 65535, "an address has a size");
    require(json::valid_utf8(address), "an address is UTF-8");
    const bool spells = made.text().starts_with('$') || made.text().starts_with("/_") || made.constant();
    const bool reserved =
        kind == AddressTemplate::Kind::mqtt ? address.starts_with('$') : address.starts_with("/_");
    require(spells || !reserved, "reserved trees are spelled");
    if (kind == AddressTemplate::Kind::call)
        require(!address.starts_with("security/"), "security is not called");
    if (!wildcards)
        require(made.as_pattern().match(address).has_value(), "the pattern takes what it describes");
}

void check_address_template(std::string_view text,
                            std::uint8_t choice,
                            const Scope& scope,
                            const Evaluation& evaluation) {
    const auto kind = static_cast<AddressTemplate::Kind>(choice % 3);
    const bool wildcards = choice >= 128;
    const auto parsed = AddressTemplate::parse(text, kind, scope, wildcards);
    if (!parsed) {
        require(parsed.error().offset <= text.size(), "a problem lies in its text");
        return;
    }
    const auto address = parsed->expand(evaluation);
    if (address) check_address(*address, kind, *parsed, wildcards);
}

void run(fuzz::Input input) {
    const auto source = static_cast<Scope::Source>(input.byte() % 5);
    const auto choice = input.byte();
    const auto text = input.piece();
    Data data;
    data.captures = {std::string{input.piece()}, std::string{input.piece()}};
    const auto payload = input.piece();
    const bool is_json = json::valid(payload);
    data.payload = {Bytes::copy(payload), is_json ? Encoding::json : Encoding::bytes, {}};
    if (is_json) data.answers = {data.payload.bytes, data.payload.bytes};
    data.message.address = data.captures[0];
    data.message.principal.username = data.captures[1];
    const auto scope = scope_of(source);
    check_template(text, scope, data.evaluation());
    check_address_template(text, choice, scope, data.evaluation());
}

}  // namespace
}  // namespace gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    gateway::run({data, size});
    return 0;
}
