#include "config/yaml_document.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "config/environment.hpp"

namespace config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> brief(const Findings& findings) {
    std::vector<std::string> lines;
    for (const auto& finding : findings.all())
        lines.push_back(finding.code + " " + std::to_string(finding.line) + ":" +
                        std::to_string(finding.column));
    return lines;
}

std::vector<std::string> findings_of(const std::string& text) {
    Findings findings;
    parse_yaml(text, "f.yaml", findings);
    return brief(findings);
}

Node parsed(const std::string& text) {
    Findings findings;
    auto node = parse_yaml(text, "f.yaml", findings);
    EXPECT_THAT(brief(findings), ElementsAre()) << text;
    return node;
}

struct Refused {
    const char* text;
    const char* finding;
};

class RefusedYaml : public testing::TestWithParam<Refused> {};

TEST_P(RefusedYaml, IsOneFindingAtItsPlace) {
    EXPECT_THAT(findings_of(GetParam().text), ElementsAre(GetParam().finding)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(YamlDocument,
                         RefusedYaml,
                         testing::Values(Refused{"a: &x 1\n", "HG401 1:4"},
                                         Refused{"a: &x {b: 1}\n", "HG401 1:4"},
                                         Refused{"a: &x [1]\n", "HG401 1:4"},
                                         Refused{"a: !t 1\n", "HG402 1:4"},
                                         Refused{"a: !!str 1\n", "HG402 1:4"},
                                         Refused{"a: !t {b: 1}\n", "HG402 1:4"},
                                         Refused{"a: 1\nb: 2\na: 3\n", "HG403 3:1"},
                                         Refused{"x: {a: 1, a: 2}\n", "HG403 1:11"},
                                         Refused{"a: 1\n---\nb: 1\n", "HG404 2:1"},
                                         Refused{"a: 1\n---\n", "HG404 2:1"},
                                         Refused{"a: [1\n", "HG400 2:1"},
                                         Refused{"a: 1\n b: 2\n", "HG400 2:3"},
                                         Refused{"[1]: 2\n", "HG407 1:1"},
                                         Refused{"{a: 1}: 2\n", "HG407 1:1"},
                                         Refused{"a: \xff\n", "HG400 0:0"}));

TEST(YamlDocument, AnAnchorAndItsAliasAreBothFindings) {
    EXPECT_THAT(findings_of("a: &x 1\nb: *x\n"), ElementsAre("HG401 1:4", "HG401 2:4"));
}

TEST(YamlDocument, AnAliasInsideItsOwnAnchorEnds) {
    EXPECT_THAT(findings_of("a: &x [*x]\n"), ElementsAre("HG401 1:4", "HG401 1:8"));
}

TEST(YamlDocument, TooDeepIsAFindingAndNoCrash) {
    EXPECT_THAT(findings_of(std::string(65, '[') + std::string(65, ']')), ElementsAre("HG405 1:65"));
    EXPECT_THAT(findings_of(std::string(64, '[') + std::string(64, ']')), ElementsAre());
    const auto many = findings_of(std::string(100'000, '['));
    EXPECT_EQ(many.size(), 1U);
}

TEST(YamlDocument, KeysKeepTheirOrderAndPlaces) {
    const auto node = parsed("b: 1\na:\n  c: [x, \"y\"]\n");
    ASSERT_EQ(node.members().size(), 2U);
    EXPECT_EQ(node.members()[0].key, "b");
    EXPECT_EQ(node.members()[1].place.text(), "f.yaml:2:1");
    const auto& list = node.members()[1].value.find("c")->value;
    EXPECT_EQ(list.place().text(), "f.yaml:3:6");
    EXPECT_EQ(list.items()[1].place().text(), "f.yaml:3:10");
}

TEST(YamlDocument, ColumnsCountCharactersNotBytes) {
    const auto node = parsed("\"größe\": {k: 1}\n");
    EXPECT_EQ(node.find("größe")->value.find("k")->place.text(), "f.yaml:1:11");
}

TEST(YamlDocument, PlainScalarsHaveTypesAndQuotedOnesAreText) {
    const auto node = parsed("[true, \"true\", 12, \"12\", 1.5, ~, null, yes, '', 0x1f]");
    const auto& items = node.items();
    EXPECT_EQ(items[0].as_bool(), true);
    EXPECT_EQ(items[1].as_bool(), std::nullopt);
    EXPECT_EQ(items[2].as_integer(), 12);
    EXPECT_EQ(items[3].as_integer(), std::nullopt);
    EXPECT_EQ(items[4].as_number(), 1.5);
    EXPECT_TRUE(items[5].is_null());
    EXPECT_TRUE(items[6].is_null());
    EXPECT_EQ(items[7].as_bool(), std::nullopt);
    EXPECT_TRUE(items[8].is_scalar());
    EXPECT_EQ(items[9].as_integer(), std::nullopt);
    EXPECT_EQ(node.json(), R"([true,"true",12,"12",1.5,null,null,"yes","","0x1f"])");
}

TEST(YamlDocument, AnUnquotedTemplateIsTold) {
    const auto node = parsed("a: {payload.t}\nb: {x: null}\nc:\n  d:\ne: {x: ~}\nf: {x: 1}\n");
    EXPECT_EQ(node.find("a")->value.unquoted_template(), "{payload.t}");
    EXPECT_EQ(node.find("b")->value.unquoted_template(), std::nullopt);
    EXPECT_EQ(node.find("c")->value.unquoted_template(), std::nullopt);
    EXPECT_EQ(node.find("e")->value.unquoted_template(), std::nullopt);
    EXPECT_EQ(node.find("f")->value.unquoted_template(), std::nullopt);
    EXPECT_EQ(parsed("a: {nullable}").find("a")->value.unquoted_template(), "{nullable}");
}

TEST(YamlDocument, AValueThatIsNotThereStandsAtItsKey) {
    const auto node = parsed("a:\nb:\n  c:\n  d: ~\n");
    EXPECT_EQ(node.find("a")->value.place().text(), "f.yaml:1:1");
    EXPECT_EQ(node.find("b")->value.find("c")->value.place().text(), "f.yaml:3:3");
    EXPECT_EQ(node.find("b")->value.find("d")->value.place().text(), "f.yaml:4:6");
}

TEST(YamlDocument, AnOffsetIntoATextHasAPlace) {
    const auto node = parsed("a: \"xyz\"\nb: xyz\nc: \"x\\tz\"\n");
    EXPECT_EQ(node.find("a")->value.place_at(2).text(), "f.yaml:1:7");
    EXPECT_EQ(node.find("b")->value.place_at(2).text(), "f.yaml:2:6");
    EXPECT_EQ(node.find("c")->value.place_at(2).text(), "f.yaml:3:4");
}

TEST(YamlDocument, NothingIsNull) {
    EXPECT_TRUE(parsed("").is_null());
    EXPECT_TRUE(parsed("# only a remark\n").is_null());
}

TEST(YamlDocument, AFileThatIsNotThereIsAFinding) {
    Findings findings;
    EXPECT_TRUE(load_yaml("/nowhere/f.yaml", findings).is_null());
    EXPECT_THAT(brief(findings), ElementsAre("HG413 0:0"));
}

TEST(Finding, PrintsPlaceLineCaretAndHint) {
    Findings findings;
    const auto node = parsed("routes:\n  x: {form: 1}\n");
    findings.error("HG201",
                   node.find("routes")->value.find("x")->value.find("form")->place,
                   "unknown key 'form'",
                   "did you mean 'from'?");
    EXPECT_EQ(findings.all().front().text(),
              "f.yaml:2:7: error HG201: unknown key 'form'\n"
              "      x: {form: 1}\n"
              "          ^\n"
              "  hint: did you mean 'from'?\n");
    EXPECT_EQ(findings.all().front().json(),
              R"({"code":"HG201","severity":"error","file":"f.yaml","line":2,"column":7,)"
              R"("message":"unknown key 'form'","hint":"did you mean 'from'?","source":"  x: {form: 1}"})");
}

TEST(Finding, CodesAreInOrderAndUnique) {
    const auto codes = finding_codes();
    ASSERT_FALSE(codes.empty());
    for (std::size_t i = 1; i < codes.size(); ++i)
        EXPECT_LT(codes[i - 1].code, codes[i].code);
}

// --- variables
// ------------------------------------------------------------------------------------------------------

Environment environment_of(std::map<std::string, std::string> variables,
                           std::filesystem::path directory = {}) {
    return {[variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
                const auto found = variables.find(std::string{name});
                return found == variables.end() ? std::nullopt : std::optional{found->second};
            },
            std::move(directory)};
}

TEST(Environment, VariablesAreReplacedInValuesOnly) {
    Findings findings;
    const auto node = expand(parsed("\"${A}\": \"x${A}y\"\nb: ${PORT}\nc: [\"${A}${A}\"]\n"),
                             environment_of({{"A", "1"}, {"PORT", "8080"}}),
                             findings);
    EXPECT_EQ(node.json(), R"({"${A}":"x1y","b":8080,"c":["11"]})");
    EXPECT_THAT(brief(findings), ElementsAre());
}

TEST(Environment, ADefaultStandsForWhatIsMissingOrEmpty) {
    Findings findings;
    const auto node = expand(parsed("[\"${NO:-a}\", \"${EMPTY:-b}\", \"${NO:-}\", \"${A:-c}\"]"),
                             environment_of({{"EMPTY", ""}, {"A", "1"}}),
                             findings);
    EXPECT_EQ(node.json(), R"(["a","b","","1"])");
}

TEST(Environment, ADoubledDollarIsLiteral) {
    Findings findings;
    EXPECT_EQ(expand(parsed("\"$${A} $x\""), environment_of({}), findings).text(), "${A} $x");
    EXPECT_THAT(brief(findings), ElementsAre());
}

TEST(Environment, WhatIsMissingIsAFindingAtItsPlace) {
    Findings findings;
    expand(parsed("a: \"x ${NO}\"\nb: \"${open\"\n"), environment_of({}), findings);
    EXPECT_THAT(brief(findings), ElementsAre("HG208 1:7", "HG208 2:5"));
}

TEST(Environment, AVariableCannotChangeTheStructure) {
    Findings findings;
    const auto node = expand(parsed("a: ${X}\n"), environment_of({{"X", "1, b: {c: 2}"}}), findings);
    EXPECT_EQ(node.json(), R"({"a":"1, b: {c: 2}"})");
}

TEST(Environment, SecretsComeFromFiles) {
    const auto directory = std::filesystem::temp_directory_path() / "happn-gateway-secret-test";
    std::filesystem::create_directories(directory);
    std::ofstream{directory / "secret"} << "hunter2\n";
    Findings findings;
    const auto node = expand(parsed("a: file:secret\nb: \"file: of papers\"\nc: file:none\n"),
                             environment_of({}, directory),
                             findings);
    EXPECT_EQ(node.find("a")->value.text(), "hunter2");
    EXPECT_EQ(node.find("b")->value.text(), "file: of papers");
    EXPECT_THAT(brief(findings), ElementsAre("HG208 3:4"));
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace config
