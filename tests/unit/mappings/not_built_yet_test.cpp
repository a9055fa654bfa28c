// Every part of the language that the key tables call "not built yet" is refused, wherever it may stand: a
// key that is ignored would be a promise that nobody keeps.
#include <gmock/gmock.h>

#include <functional>

#include "mapping_support.hpp"
#include "mappings/language.hpp"

namespace mappings {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

struct Part {
    std::string name;  // as its finding has it
    std::string file;  // a file that uses it
};

/// Goes through all shapes; `wrap` makes a file of a value at the place where it is.
class PartsThatComeLater {
public:
    using Wrap = std::function<std::string(const std::string& value)>;

    std::vector<Part> parts;

    void of_table(const Table& table, const std::string& first_key, const Wrap& wrap) {
        for (const Key& key : table.keys) {
            const std::string name{key.name};
            const Wrap inside = [&](const std::string& value) {
                const std::string other = first_key.empty() || first_key == name ? "" : first_key + ": a, ";
                return wrap("{ " + other + name + ": " + value + " }");
            };
            if (key.shape->kind == Shape::Kind::later) {
                parts.push_back({"'" + name + "' in " + std::string{table.name}, inside("a")});
            } else {
                of_shape(*key.shape, name, inside);
            }
        }
    }

private:
    void of_shape(const Shape& shape, const std::string& key, const Wrap& wrap) {
        switch (shape.kind) {
            case Shape::Kind::table:
                return of_table(*shape.table, {}, wrap);
            case Shape::Kind::variants:
                return of_variants(shape, key, wrap);
            case Shape::Kind::list:
                return of_shape(
                    *shape.inner, key, [&](const auto& value) { return wrap("[" + value + "]"); });
            case Shape::Kind::map:
                return of_shape(
                    *shape.inner, "n", [&](const auto& value) { return wrap("{ n: " + value + " }"); });
            case Shape::Kind::by_kind:
                of_form(shape.scalar, key, "a", wrap);
                of_form(shape.list, key, "[]", wrap);
                return of_form(shape.map, key, "{ n: a, m: b }", wrap);
            default:
                for (const auto word : shape.choices_later)
                    parts.push_back({"'" + key + ": " + std::string{word} + "'", wrap(std::string{word})});
        }
    }

    void of_variants(const Shape& shape, const std::string& key, const Wrap& wrap) {
        for (const Variant& variant : shape.variants) {
            const std::string name{variant.key};
            if (variant.table != nullptr) {
                of_table(*variant.table, name, wrap);
            } else {
                parts.push_back({"'" + key + ": " + name + "'", wrap("{ " + name + ": a }")});
            }
        }
    }

    void of_form(const Shape* shape, const std::string& key, const std::string& example, const Wrap& wrap) {
        if (shape == nullptr) return;
        if (shape->kind != Shape::Kind::later) return of_shape(*shape, key, wrap);
        parts.push_back({"this form of '" + key + "'", wrap(example)});
    }
};

TEST(NotBuiltYet, EveryPartOfTheKeyTablesIsRefusedWhereverItMayStand) {
    PartsThatComeLater later;
    later.of_table(file_table, {}, [](const std::string& value) { return value + "\n"; });
    EXPECT_GT(later.parts.size(), 50U);
    for (const auto& [name, file] : later.parts) {
        const auto loaded = load_text(file);
        EXPECT_THAT(loaded.findings,
                    Contains(AllOf(Field(&config::Finding::code, "HG410"),
                                   Field(&config::Finding::message, HasSubstr(name)))))
            << file << all_text(loaded.findings);
        EXPECT_EQ(loaded.table, nullptr) << file;
    }
}

}  // namespace
}  // namespace mappings
