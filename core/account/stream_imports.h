#pragma once
// The streams that an account imports: what others publish, under subjects of its own (spec
// config.md 6).
#include <memory>
#include <vector>

#include "subject/import_subjects.h"

namespace midge {

class Account;

// Immutable. The accounts stay for the life of the broker.
struct StreamImport {
    ImportSubjects subjects;
    Account& importer;
    Account& exporter;
    bool allow_trace = false;  // traces of the exporter's messages show who gets them here
};

// Each is shared by the account and by subscriptions, which may outlast it there.
using StreamImports = std::vector<std::shared_ptr<const StreamImport>>;

// `wanted`, where those that are among `before` already are the same objects.
[[nodiscard]] StreamImports renewed(const StreamImports& before,
                                    const std::vector<StreamImport>& wanted);

}  // namespace midge
