// Subjects of imports and mappings, which come from account JWTs: any text gives an error or a
// working transform, and an import's transform to a local subject can be reversed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "subject/import_subjects.h"
#include "subject/subject.h"
#include "subject/subject_mappings.h"

namespace {

using namespace midge;

std::string_view take_line(std::string_view& input) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    return line;
}

void require(bool held) {
    if (!held) std::abort();
}

bool is_literal(std::string_view subject) {
    return is_valid_subject(subject) && !has_wildcard_token(subject);
}

void use(const ImportSubjects& import, std::string_view subject) {
    std::string out, back;
    if (is_valid_subject(subject)) (void)import.exported_subject(subject);
    if (!is_literal(subject)) return;
    if (is_subset(subject, import.subject())) {
        const std::string local(import.local_subject(subject, out));
        if (!is_valid_subject(import.local())) return;
        require(is_subset(local, import.local()));
        require(import.requested_subject(local, back) == subject);
    }
    if (is_valid_subject(import.local()) && is_subset(subject, import.local())) {
        require(is_subset(import.requested_subject(subject, out), import.subject()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view first = take_line(input);
    const std::string_view second = take_line(input);
    const std::string_view used = take_line(input);
    for (const auto make : {&ImportSubjects::of_stream, &ImportSubjects::of_service}) {
        const auto import = make(first, second);
        if (import) {
            use(*import, used);
        } else {
            require(!import.error().text.empty());
        }
    }
    SubjectMappings mappings;
    const SubjectMapping mapping{std::string(first), {{std::string(second), data[0], ""}}};
    std::string out;
    if (mappings.add(mapping, "") && is_literal(used)) (void)mappings.map(used, data[0], out);
    return 0;
}
