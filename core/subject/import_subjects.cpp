#include "subject/import_subjects.h"

#include <fmt/format.h>

#include "subject/common_subject.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr uint32_t not_random = 0;  // imports have no random parts

// Converts "a.*.*" to "a.$1.$2", the syntax of a transform.
std::string with_references(std::string_view subject) {
    std::string out;
    size_t wildcards = 0;
    for (bool more = true; more;) {
        const Token token = take_token(subject);
        out += token.text == "*" ? fmt::format("${}", ++wildcards) : std::string(token.text);
        more = token.more;
        if (more) out += token_separator;
    }
    return out;
}

}  // namespace

Result<ImportSubjects> ImportSubjects::of_stream(std::string_view subject, std::string_view local) {
    ImportSubjects made;
    if (const auto set = made.set(subject, local); !set) {
        return fail(Errc::invalid, fmt::format("failed to create mapping transform for stream "
                                               "import subject from \"{}\" to \"{}\": {}",
                                               subject, local, set.error().text));
    }
    return made;
}

Result<ImportSubjects> ImportSubjects::of_service(std::string_view subject,
                                                  std::string_view local) {
    if (!is_valid_subject(subject) || !is_valid_subject(local)) {
        return fail(Errc::invalid, "sublist: invalid subject");
    }
    ImportSubjects made;
    if (const auto set = made.set(subject, local); !set) {
        return fail(Errc::invalid, fmt::format("failed to create mapping transform for service "
                                               "import subject from \"{}\" to \"{}\": {}",
                                               local, subject, set.error().text));
    }
    return made;
}

Result<> ImportSubjects::set(std::string_view subject, std::string_view local) {
    subject_ = subject;
    local_ = destination_ = local;
    same_ = subject == local;
    valid_ = is_valid_subject(subject) && is_valid_subject(local);
    if (same_ || !has_wildcard_token(subject)) return {};
    auto transform = SubjectTransform::for_import(subject, with_references(local));
    if (!transform) return pass(transform);
    to_exported_ = transform->reversed();
    local_ = to_exported_->source();
    to_local_ = std::move(*transform);
    return {};
}

std::optional<std::string> ImportSubjects::exported_subject(std::string_view subscribed) const {
    if (!valid_) return std::nullopt;
    auto wanted = common_subject(subscribed, local_);
    if (!wanted || same_) return wanted;
    if (!to_exported_) return subject_;
    return to_exported_->apply(*wanted);
}

std::string_view ImportSubjects::local_subject(std::string_view published, std::string& out) const {
    if (same_) return published;
    if (!to_local_) return local_;
    to_local_->apply(published, not_random, out);
    return out;
}

std::string_view ImportSubjects::requested_subject(std::string_view published,
                                                   std::string& out) const {
    if (same_) return published;
    if (!to_exported_) return subject_;
    to_exported_->apply(published, not_random, out);
    return out;
}

}  // namespace midge
