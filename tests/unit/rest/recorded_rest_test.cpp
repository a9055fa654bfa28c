// Every REST request recorded on a real mesh, put to the surface over a fake of that mesh.
#include "tests/unit/rest/recorded_rest.hpp"
#include "tests/unit/rest/surface_test_base.hpp"

namespace rest {
namespace {

class RecordedRestTest : public SurfaceTest {
protected:
    Answered answer(const std::string& method,
                    const std::string& target,
                    const Headers& headers,
                    const std::string& body) {
        const HttpReply reply = ask(method, target, headers, body);
        return {reply.status,
                std::string{reply.reason},
                reply.content_type,
                header_of(reply, "www-authenticate"),
                reply.body.str()};
    }

    RecordedRest recorded{
        [this](const auto& method, const auto& target, const auto& headers, const auto& body) {
            return answer(method, target, headers, body);
        }};
};

TEST_F(RecordedRestTest, AnInsecureMeshIsMirrored) {
    EXPECT_GE(recorded.replay("rest-13.1.1-insecure.jsonl"), 40);
}

TEST_F(RecordedRestTest, ASecureMeshIsMirrored) {
    make_secure();
    EXPECT_GE(recorded.replay("rest-13.1.1-secure.jsonl"), 80);
}

}  // namespace
}  // namespace rest
