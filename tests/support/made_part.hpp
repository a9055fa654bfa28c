// Parts of docs/compatibility.md that tests make from what they find.
#pragma once

#include <string>

namespace support {

/// The part between `<!-- made: NAME -->` and `<!-- end -->` is this text; with HG_UPDATE_DOCS=1 in the
/// environment it becomes it.
void expect_in_docs(const std::string& name, const std::string& text);

}  // namespace support
