#include "adapters/happn/standing.hpp"

#include <gtest/gtest.h>

namespace happn::test {
namespace {

using gateway::Errc;
using gateway::Principal;

SessionFacts facts_of(bool secure, std::string_view protocol) {
    SessionFacts facts;
    facts.secure = secure;
    facts.protocol = protocol;
    return facts;
}

TEST(Delegation, IsRefusedWhereASecureMeshWouldIgnoreIt) {
    const auto refusal = delegation_refusal("ann", facts_of(true, oldest_protocol));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->errc, Errc::access_denied);
    EXPECT_EQ(refusal->message, "the mesh does not know delegation");
}

TEST(Delegation, IsLeftToAMeshThatKnowsIt) {
    EXPECT_FALSE(delegation_refusal("ann", facts_of(true, newest_protocol)));
}

TEST(Delegation, DoesNotMatterOnAnInsecureMeshOrForNobody) {
    EXPECT_FALSE(delegation_refusal("ann", facts_of(false, oldest_protocol)));
    EXPECT_FALSE(delegation_refusal("", facts_of(true, oldest_protocol)));
}

TEST(Delegation, ToTheAdministratorIsRefusedEverywhere) {
    for (const auto protocol : {oldest_protocol, newest_protocol}) {
        const auto refusal = delegation_refusal("_ADMIN", facts_of(true, protocol));
        ASSERT_TRUE(refusal);
        EXPECT_EQ(refusal->errc, Errc::access_denied);
    }
}

TEST(ForeignToken, IsNotShownToAnotherMesh) {
    auto who = Principal::bearer(gateway::Secret{"abc"});
    who.mesh = "other";
    const auto refusal = foreign_token(who, "site");
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->errc, Errc::unauthorized);
    EXPECT_EQ(refusal->message, "the caller is not known to this mesh");
    who.mesh = "site";
    EXPECT_FALSE(foreign_token(who, "site"));
}

TEST(ForeignToken, OfAnUnsaidMeshIsTried) {
    EXPECT_FALSE(foreign_token(Principal::bearer(gateway::Secret{"abc"}), "site"));
    EXPECT_FALSE(foreign_token(Principal::service(), "site"));
}

}  // namespace
}  // namespace happn::test
