// Parts of the docs that tests make from what they find.
#pragma once

#include <string>

namespace support {

/// The part between `<!-- made: NAME -->` and `<!-- end -->` is this text; with HG_UPDATE_DOCS=1 in the
/// environment it becomes it.
void expect_in_docs(const std::string& name,
                    const std::string& text,
                    const std::string& page = "docs/compatibility.md");

}  // namespace support
