#include "gateway/expression/template.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/unit/expression/expression_support.hpp"

namespace gateway {
namespace {

using testing::evaluated;
using testing::Execution;
using testing::open_scope;

struct EvaluationCase {
    std::string_view text, json;
};

TEST(Template, OneExpressionKeepsTypeAndBytes) {
    Execution execution;
    execution.with_payload(
        R"( {"t": 21.50, "big":12345678901234567890, "s":"x\u00e9", "o":{"a" : [1,2]}, "n":null} )");
    const EvaluationCase cases[] = {
        {"{payload.t}", "21.50"},
        {"{payload.big}", "12345678901234567890"},
        {"{payload.s}", R"("x\u00e9")"},
        {"{payload.o}", R"({"a" : [1,2]})"},
        {"{payload.o.a}", "[1,2]"},
        {"{payload.o.a[1]}", "2"},
        {"{ payload.o['a'][0] }", "1"},
        {"{payload.o.a[2]}", "absent"},
        {"{payload.n}", "null"},
        {"{payload.x}", "absent"},
        {"{payload.t.x}", "absent"},
        {"{payload}",
         R"({"t": 21.50, "big":12345678901234567890, "s":"x\u00e9", "o":{"a" : [1,2]}, "n":null})"},
    };
    for (const auto& one : cases)
        EXPECT_EQ(evaluated(one.text, open_scope(), execution), one.json) << one.text;
}

TEST(Template, LongerTextIsText) {
    Execution execution;
    execution.with_payload(R"({"t":21.50,"s":"a\"b","o":{"x":1}})");
    const EvaluationCase cases[] = {
        {"", R"("")"},
        {"plain", R"("plain")"},
        {"t={payload.t}", R"("t=21.50")"},
        {"{payload.s}!", R"("a\"b!")"},
        {"{payload.o}", R"({"x":1})"},
        {" {payload.o}", R"(" {\"x\":1}")"},
        {"{{{payload.t}}}", R"("{21.50}")"},
        {"{{payload.t}}", R"("{payload.t}")"},
        {"a{payload.missing}b", "absent"},
        {"a{payload.missing|default('-')}b", R"("a-b")"},
    };
    for (const auto& one : cases)
        EXPECT_EQ(evaluated(one.text, open_scope(), execution), one.json) << one.text;
}

TEST(Template, CapturesHaveTheirType) {
    auto scope = open_scope();
    scope.captures = {{"device", CaptureType::text},
                      {"n", CaptureType::integer},
                      {"x", CaptureType::number},
                      {"rest", CaptureType::rest}};
    Execution execution;
    execution.captures = {"d\"1", "42", "-1.50", "a/b"};
    EXPECT_EQ(evaluated("{device}", scope, execution), R"("d\"1")");
    EXPECT_EQ(evaluated("{n}", scope, execution), "42");
    EXPECT_EQ(evaluated("{x}", scope, execution), "-1.50");
    EXPECT_EQ(evaluated("{rest}", scope, execution), R"("a/b")");
    EXPECT_EQ(evaluated("{rest...}", scope, execution), R"("a/b")");
    EXPECT_EQ(evaluated("{device}/{n}", scope, execution), R"("d\"1/42")");
}

TEST(Template, ParametersAreMembersOfThePayload) {
    auto scope = open_scope(Scope::Source::call);
    scope.parameters = {"celsius"};
    Execution execution;
    execution.with_payload(R"({"celsius":20.0})");
    EXPECT_EQ(evaluated("{celsius}", scope, execution), "20.0");
}

TEST(Template, VariablesAreFoldedWhenItIsCompiled) {
    const std::map<std::string, Value> vars{{"site", Value::text("plant7")},
                                            {"limits", Value::json(Bytes::literal(R"({"max":[10,20]})"))}};
    auto scope = open_scope();
    scope.vars = &vars;
    EXPECT_EQ(evaluated("{vars.site}", scope, {}), R"("plant7")");
    EXPECT_EQ(evaluated("x/{vars.site|upper}", scope, {}), R"("x/PLANT7")");
    EXPECT_EQ(evaluated("{vars.limits.max[1]|add(1)}", scope, {}), "21");
    EXPECT_TRUE(Template::parse("{vars.site}", scope)->constant());
    EXPECT_TRUE(Template::parse("a/{vars.site}", scope)->constant());
    EXPECT_FALSE(Template::parse("a/{message.id}", scope)->constant());
    EXPECT_EQ(evaluated("{vars.sit}", scope, {}), "problem: unknown variable 'sit'");
    EXPECT_EQ(evaluated("{vars.limits.min}", scope, {}), "problem: the variable 'limits' has no such member");
    EXPECT_EQ(evaluated("{vars.site|int}", scope, {}), "problem: {vars.site|int}: a text is not a number");
}

TEST(Template, ReadsEveryRoot) {
    Execution execution;
    execution.out.bytes = Bytes::literal(R"({"a":1})");
    execution.answer.bytes = Bytes::literal(R"({"b":2})");
    execution.answers = {Bytes::literal("1"), Bytes::literal(R"({"c":3})")};
    execution.message.principal.kind = PrincipalKind::user;
    execution.message.principal.username = "ann";
    const EvaluationCase cases[] = {
        {"{out.a}", "1"},
        {"{answer.b}", "2"},
        {"{answers[1].c}", "3"},
        {"{answers}", R"([1,{"c":3}])"},
        {"{message.id}", R"("m1")"},
        {"{message.time}", R"("2026-03-01T12:00:00.250Z")"},
        {"{message.time_ms}", "1772366400250"},
        {"{now}", "1772366400250"},
        {"{call.id}", R"("c-17")"},
        {"{route.name}", R"("telemetry")"},
        {"{gateway.name}", R"("edge")"},
        {"{principal.username}", R"("ann")"},
        {"{principal.kind}", R"("user")"},
        {"{error.name}", R"("Timeout")"},
        {"{error.code}", "0"},
        {"{error.message}", R"("no answer in time")"},
        {"{error}", R"({"name":"Timeout","code":0,"message":"no answer in time"})"},
    };
    for (const auto& one : cases)
        EXPECT_EQ(evaluated(one.text, open_scope(), execution), one.json) << one.text;
    EXPECT_EQ(evaluated("{principal.username}", open_scope(), Execution{}), "absent");
}

TEST(Template, ReadsWhatTheSourceKnows) {
    Execution by_mqtt;
    by_mqtt.message.address = "a/b";
    MqttProperties mqtt;
    mqtt.qos = 1;
    mqtt.retain = true;
    mqtt.expiry = 30;
    mqtt.content_type = "text/plain";
    mqtt.user = {{"k", "v"}, {"k", "w"}};
    by_mqtt.message.properties = mqtt;
    const EvaluationCase of_mqtt[] = {{"{in.topic}", R"("a/b")"},
                                      {"{in.qos}", "1"},
                                      {"{in.retain}", "true"},
                                      {"{in.expiry}", "30"},
                                      {"{in.user.k}", R"("v")"},
                                      {"{in.content_type}", R"("text/plain")"},
                                      {"{in.user.x}", "absent"}};
    for (const auto& one : of_mqtt) {
        EXPECT_EQ(evaluated(one.text, open_scope(Scope::Source::mqtt), by_mqtt), one.json) << one.text;
    }
    Execution by_happn;
    by_happn.message.address = "/a";
    by_happn.message.action = Action::remove;
    by_happn.message.properties = HappnProperties{R"({"created":5,"x":{"y":1}})", false};
    const EvaluationCase of_happn[] = {{"{in.path}", R"("/a")"},
                                       {"{in.action}", R"("remove")"},
                                       {"{in.meta.created}", "5"},
                                       {"{in.meta.x.y}", "1"}};
    for (const auto& one : of_happn) {
        EXPECT_EQ(evaluated(one.text, open_scope(Scope::Source::happn), by_happn), one.json) << one.text;
    }
    Execution by_http;
    HttpProperties http;
    http.method = "GET";
    http.ip = "::1";
    http.query = {{"limit", "5"}, {"q", "5"}};
    http.headers = {{"x-beta", "1"}};
    by_http.message.properties = http;
    auto scope = open_scope(Scope::Source::http);
    scope.query = {"limit", "q"};
    scope.typed_query = {"limit"};
    const EvaluationCase of_http[] = {{"{in.method}", R"("GET")"},
                                      {"{in.ip}", R"("::1")"},
                                      {"{in.query.limit}", "5"},
                                      {"{in.query.q}", R"("5")"},
                                      {"{in.header.X-Beta}", R"("1")"}};
    for (const auto& one : of_http)
        EXPECT_EQ(evaluated(one.text, scope, by_http), one.json) << one.text;
}

TEST(Template, PayloadThatIsNoJsonIsTextOrBytes) {
    Execution execution;
    execution.payload = {Bytes::literal("on\n"), Encoding::text, {}};
    EXPECT_EQ(evaluated("{payload}", open_scope(), execution), R"("on\n")");
    EXPECT_EQ(evaluated("{payload|trim|bool}", open_scope(), execution), "true");
    EXPECT_EQ(evaluated("{payload.a}", open_scope(), execution), "absent");
    execution.payload = {Bytes::literal("\xFF\x01"), Encoding::bytes, {}};
    EXPECT_EQ(evaluated("{payload}", open_scope(), execution), R"("/wE=")");
    EXPECT_EQ(evaluated("{payload|hex}", open_scope(), execution), R"("ff01")");
    EXPECT_EQ(evaluated("{payload|base64}", open_scope(), execution), R"("/wE=")");
}

TEST(Template, PipesWorkFromLeftToRight) {
    Execution execution;
    execution.with_payload(
        R"({"s":" Ann@Plant 7 ","n":"12.7","i":7,"f":2.345,"neg":-2.5,"b":false,"j":"{\"a\":1}","u":"a/b ä","d":"..",)"
        R"("nul":null,"big":9223372036854775807,"o":{"x":1},"e":""})");
    const EvaluationCase cases[] = {
        {"{payload.s|trim|lower}", R"("ann@plant 7")"},
        {"{payload.s|upper|trim}", R"("ANN@PLANT 7")"},
        {"{payload.s|trim|before('@')}", R"("Ann")"},
        {"{payload.s|trim|after('@')}", R"("Plant 7")"},
        {"{payload.s|trim|before('#')}", R"("Ann@Plant 7")"},
        {"{payload.s|trim|after('#')}", R"("Ann@Plant 7")"},
        {"{payload.s|trim|replace('n','mm')}", R"("Ammmm@Plammt 7")"},
        {"{payload.s|replace(\"'\", '')|trim|replace('A}','x')}", R"("Ann@Plant 7")"},
        {"{payload.s|trim|slug}", R"("Ann-Plant-7")"},
        {"{payload.d|slug}", R"("-")"},
        {"{payload.e|slug}", R"("-")"},
        {"{payload.d|url}", R"("%2E%2E")"},
        {"{payload.u|url}", R"("a%2Fb%20%C3%A4")"},
        {"{payload.u|hex}", R"("612f6220c3a4")"},
        {"{payload.u|base64}", R"("YS9iIMOk")"},
        {"{payload.e|sha256}", R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")"},
        {"{payload.n|int}", "12"},
        {"{payload.n|float}", "12.7"},
        {"{payload.b|int}", "0"},
        {"{payload.big|int}", "9223372036854775807"},
        {"{payload.i|bool}", "true"},
        {"{payload.b|bool}", "false"},
        {"{payload.j|json}", R"({"a":1})"},
        {"{payload.o|json}", R"({"x":1})"},
        {"{payload.i|mul(6)}", "42"},
        {"{payload.i|mul(0.5)}", "3.5"},
        {"{payload.n|add(0.3)|round(1)}", "13"},
        {"{payload.f|round(2)}", "2.35"},
        {"{payload.f|round}", "2"},
        {"{payload.neg|round}", "-3"},
        {"{payload.i|round(2)}", "7"},
        {"{payload.big|add(0)}", "9223372036854775807"},
        {"{payload.big|add(1)}", "9223372036854775808"},
        {"{payload.x|default(100)}", "100"},
        {"{payload.x|default('a b')|upper}", R"("A B")"},
        {"{payload.x | default( null )}", "null"},
        {"{payload.nul|default(1)}", "1"},
        {"{payload.i|default(1)}", "7"},
        {"{payload.x|lower|int|default(true)}", "true"},
        {"{payload.s|int}", "refused: {payload.s|int}: a text is not a number"},
        {"{payload.o|int}", "refused: {payload.o|int}: an object is not a number"},
        {"{payload.s|bool}", "refused: {payload.s|bool}: a text is not a boolean"},
        {"{payload.s|json}", "refused: {payload.s|json}: a text is not JSON"},
    };
    for (const auto& one : cases) {
        const std::string got = evaluated(one.text, open_scope(), execution);
        if (one.text == "{payload.big|add(1)}") {  // past 64 bits: the nearest double
            EXPECT_EQ(std::stod(got), 9223372036854775808.0);
        } else {
            EXPECT_EQ(got, one.json) << one.text;
        }
    }
}

TEST(Template, NumbersOutOfRangeAreRefused) {
    Execution execution;
    execution.with_payload(R"({"huge":1e999,"large":1e308})");
    EXPECT_EQ(evaluated("{payload.huge|add(1)}", open_scope(), execution),
              "refused: {payload.huge|add(1)}: the number is out of range");
    EXPECT_EQ(evaluated("{payload.large|mul(1e10)}", open_scope(), execution),
              "refused: {payload.large|mul(1e10)}: the number is out of range");
    EXPECT_EQ(evaluated("{payload.huge}", open_scope(), execution), "1e999");
}

TEST(Template, KnowsWhetherItReadsThePayload) {
    auto scope = open_scope();
    scope.parameters = {"p"};
    scope.captures = {{"c", CaptureType::text}};
    for (const auto* text : {"{payload}", "a{payload.x}", "{out.x}", "{answer}", "{answers[0]}", "{p}"}) {
        EXPECT_TRUE(Template::parse(text, scope)->reads_payload()) << text;
    }
    for (const auto* text : {"x", "{c}", "{message.id}", "{in.topic}"}) {
        EXPECT_FALSE(Template::parse(text, scope)->reads_payload()) << text;
    }
}

struct ProblemCase {
    std::string_view text;
    std::size_t offset;
    std::string_view message, hint;
};

void expect_problems(const Scope& scope, std::initializer_list<ProblemCase> cases) {
    for (const auto& one : cases) {
        const auto parsed = Template::parse(one.text, scope);
        ASSERT_FALSE(parsed.has_value()) << one.text;
        EXPECT_EQ(parsed.error().message, one.message) << one.text;
        EXPECT_EQ(parsed.error().offset, one.offset) << one.text;
        EXPECT_EQ(parsed.error().hint, one.hint) << one.text;
    }
}

TEST(Template, UnknownNamesArePointedAtWithAHint) {
    Scope scope;
    scope.source = Scope::Source::mqtt;
    scope.captures = {{"device", CaptureType::text}};
    scope.parameters = {"celsius"};
    expect_problems(
        scope,
        {{"a/{devcie}", 3, "unknown name 'devcie'", "did you mean 'device'?"},
         {"{ devcie }", 2, "unknown name 'devcie'", "did you mean 'device'?"},
         {"{paylod.x}", 1, "unknown name 'paylod'", "did you mean 'payload'?"},
         {"{celsus}", 1, "unknown name 'celsus'", "did you mean 'celsius'?"},
         {"{xyz}", 1, "unknown name 'xyz'", ""},
         {"{in.topik}", 4, "'in' of an MQTT source has no member 'topik'", "did you mean 'topic'?"},
         {"{in.path}",
          4,
          "'in' of an MQTT source has no member 'path'",
          "known here: topic, qos, retain, expiry, content_type or user"},
         {"{in}", 1, "'in' needs a member", "known here: topic, qos, retain, expiry, content_type or user"},
         {"{in.user}", 4, "'user' needs a name", "write '{in.user.NAME}'"},
         {"{in.qos.x}", 8, "'qos' has no members", ""},
         {"{message.tiem}", 9, "'message' has no member 'tiem'", "did you mean 'time'?"},
         {"{message}", 1, "'message' needs a member", "write '{message.id}'"},
         {"{principal.password}", 11, "'principal' has no member 'password'", "known here: username or kind"},
         {"{device.x}", 1, "'device' is a capture and has no members", ""},
         {"{celsius.x}", 1, "'celsius' is a parameter: a single word", "write '{payload.celsius...}'"},
         {"{device...}", 1, "'device' is one level", "write '{device}'"},
         {"{payload.x|lowr}", 11, "unknown pipe 'lowr'", "did you mean 'lower'?"},
         {"{lookup.a.b}", 1, "'lookup' is not built yet", ""},
         {"{vars.x}", 6, "unknown variable 'x'", "declare it under 'vars:'"},
         {"{now.x}", 5, "'now' has no members", ""},
         {"{*leaf}", 1, "'{*leaf}' belongs in the address of a get or stream", ""}});
}

TEST(Template, RootsThatHaveNoValueHereAreRefused) {
    Scope scope;
    scope.source = Scope::Source::call;
    expect_problems(scope,
                    {{"{out.x}", 1, "'out' is known only behind a 'map'", ""},
                     {"{answer.x}", 1, "'answer' is known only in 'respond'", ""},
                     {"{answers[0]}", 1, "'answers' is known only in 'respond'", ""},
                     {"{error.name}", 1, "'error' is known only in 'errors' and 'on_error'", ""},
                     {"{call.id}", 1, "'call' is known only in 'reply'", ""},
                     {"{in.topic}", 1, "'in' has nothing here: there is a call source", ""}});
}

TEST(Template, HttpQueryIsClosed) {
    Scope scope;
    scope.source = Scope::Source::http;
    scope.query = {"limit"};
    expect_problems(
        scope,
        {{"{in.query.limt}", 10, "the source declares no query parameter 'limt'", "did you mean 'limit'?"}});
}

TEST(Template, SyntaxErrorsArePointedAt) {
    const std::string brace = "write '{{' for a brace that is meant as text";
    expect_problems(open_scope(),
                    {{"a{payload", 1, "'{' is never closed", brace},
                     {"a{payload{x}}", 1, "'{' is never closed", brace},
                     {"{payload.s|replace('a}", 0, "'{' is never closed", brace},
                     {"a}b", 1, "'}' closes nothing", "write '}}' for a brace that is meant as text"},
                     {"{}", 1, "'{}' names nothing", "write '{{}}' for braces that are meant as text"},
                     {"{payload.}", 9, "a name is missing behind '.'", ""},
                     {"{payload[x]}", 9, "'[' wants a position, counted from 0", ""},
                     {"{payload[0}", 10, "']' is missing", ""},
                     {"{payload.a b}", 11, "expected '|', found 'b'", ""},
                     {"{payload|}", 9, "a pipe is missing behind '|'", ""},
                     {"{payload|lower(1)}", 15, "'lower' takes no arguments", ""},
                     {"{payload|default}", 9, "'default' needs its arguments in parentheses", ""},
                     {"{payload|default(x)}",
                      17,
                      "expected a number, true, false, null or a text in quotes",
                      "write 'x' in quotes"},
                     {"{payload|default(1}", 18, "')' is missing behind 'default'", ""},
                     {"{payload|replace('a')}", 20, "'replace' takes two texts, as in replace('a','b')", ""},
                     {"{payload|replace('','b')}", 9, "'replace' cannot look for an empty text", ""},
                     {"{payload|before('')}", 9, "'before' cannot look for an empty text", ""},
                     {"{payload|mul('x')}", 13, "expected a number", ""},
                     {"{payload|round(99)}", 9, "'round' takes a number of decimals from 0 to 15", ""},
                     {"{/}", 1, "unknown name '/'", ""}});
}

}  // namespace
}  // namespace gateway
