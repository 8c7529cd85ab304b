#include <fmt/format.h>

#include "auth/validate.h"
#include "subject/subject_transform.h"

namespace midge {

std::vector<Issue> inapplicable(const AccountClaims& claims) {
    std::vector<Issue> issues;
    for (const auto& [source, targets] : claims.mappings) {
        for (const WeightedMapping& target : targets) {
            const auto transform = SubjectTransform::from(source, target.subject);
            if (transform) continue;
            issues.push_back({fmt::format("mapping \"{}\" -> \"{}\": {}", source, target.subject,
                                          transform.error().text),
                              true, false});
        }
    }
    return issues;
}

}  // namespace midge
