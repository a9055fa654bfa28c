#include "tests/support/made_part.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/patience.hpp"
#include "tests/tree/tree.hpp"

namespace support {

namespace {

std::string file_text(const std::string& name) {
    std::ifstream in{name};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The part of a page between the markers that say it is made by a test.
class MadePart {
public:
    MadePart(std::string file, const std::string& name)
        : file_{std::move(file)}, text_{file_text(file_)}, begin_mark_{"<!-- made: " + name + " -->\n"} {
        begin_ = text_.find(begin_mark_);
        end_ = text_.find("<!-- end -->", begin_);
        if (begin_ == std::string::npos || end_ == std::string::npos)
            throw WaitFailed("no such part of the docs: " + name);
        begin_ += begin_mark_.size();
    }
    std::string text() const { return text_.substr(begin_, end_ - begin_); }
    void write(const std::string& part) const {
        std::ofstream{file_} << text_.substr(0, begin_) << part << text_.substr(end_);
    }

private:
    std::string file_, text_, begin_mark_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace

void expect_in_docs(const std::string& name, const std::string& text, const std::string& page) {
    const MadePart made{source_tree(page), name};
    if (std::getenv("HG_UPDATE_DOCS") != nullptr) return made.write(text);
    EXPECT_EQ(made.text(), text) << page << " is not what was measured; HG_UPDATE_DOCS=1 writes it";
}

}  // namespace support
