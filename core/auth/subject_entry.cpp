#include "auth/subject_entry.h"

#include "subject/subject.h"

namespace midge {

bool is_valid_subject_entry(std::string_view entry) noexcept {
    const size_t blank = entry.find(' ');
    if (blank == std::string_view::npos) return is_valid_subject(entry);
    return is_valid_subject(entry.substr(0, blank)) && is_valid_subject(entry.substr(blank + 1));
}

}  // namespace midge
