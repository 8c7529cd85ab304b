#pragma once
// Makes the mappings of an account from its configuration or its claims.
#include <memory>
#include <string>
#include <vector>

#include "auth/claims.h"
#include "base/log.h"
#include "subject/subject_mappings.h"

namespace midge {

// Null if there are none. Invalid mappings are omitted, with a line in the log.
[[nodiscard]] std::shared_ptr<const SubjectMappings> make_mappings(
    const std::string& account, const std::vector<SubjectMapping>& mappings, Logger& log);
[[nodiscard]] std::shared_ptr<const SubjectMappings> make_mappings(const AccountClaims& claims,
                                                                   Logger& log);

}  // namespace midge
