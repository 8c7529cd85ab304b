#pragma once
// The streams that an account imports: messages of other accounts, under its own subjects
// (docs/protocol/subjects.md, Stream imports).
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
    // Traces of the exporter's messages show the receivers in the importer.
    bool allow_trace = false;
};

// Each is shared by the account and by subscriptions, which may exist longer.
using StreamImports = std::vector<std::shared_ptr<const StreamImport>>;

// Returns `wanted`, with the objects of `before` for imports that are in both.
[[nodiscard]] StreamImports renewed(const StreamImports& before,
                                    const std::vector<StreamImport>& wanted);

}  // namespace midge
