#include "account/stream_imports.h"

#include <algorithm>

namespace midge {

StreamImports renewed(const StreamImports& before, const std::vector<StreamImport>& wanted) {
    StreamImports made;
    for (const StreamImport& import : wanted) {
        const auto known = std::find_if(before.begin(), before.end(), [&](const auto& other) {
            return &other->exporter == &import.exporter &&
                   other->subjects.subject() == import.subjects.subject() &&
                   other->subjects.destination() == import.subjects.destination() &&
                   other->allow_trace == import.allow_trace;
        });
        made.push_back(known != before.end() ? *known
                                             : std::make_shared<const StreamImport>(import));
    }
    return made;
}

}  // namespace midge
