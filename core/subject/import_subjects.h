#pragma once
// The subjects of an import, there and here (spec config.md 6).
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "subject/subject_transform.h"

namespace midge {

// A value, immutable once made; const functions are safe from any thread.
class ImportSubjects {
  public:
    // `subject` of the account that exports is `local` in the one that imports; the wildcards of
    // `local`, as "*" or "$1", are those of `subject`. Errors have nats-server's texts.
    [[nodiscard]] static Result<ImportSubjects> of_stream(std::string_view subject,
                                                          std::string_view local);
    [[nodiscard]] static Result<ImportSubjects> of_service(std::string_view subject,
                                                           std::string_view local);
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
    // As written, unlike local().
    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // With "*" where "$1" may have stood.
    [[nodiscard]] const std::string& local() const noexcept { return local_; }
    // What a subscription to `subscribed` here wants there. Nothing too if one of the subjects is
    // not valid, which nats-server accepts: no message can have it.
    [[nodiscard]] std::optional<std::string> exported_subject(std::string_view subscribed) const;
    // The subject here of a message published there; `out` may be used for it.
    [[nodiscard]] std::string_view local_subject(std::string_view published,
                                                 std::string& out) const;
    // The subject there of a request made here, which local() matches; `out` may be used for it.
    [[nodiscard]] std::string_view requested_subject(std::string_view published,
                                                     std::string& out) const;

  private:
    [[nodiscard]] Result<> set(std::string_view subject, std::string_view local);

    std::string subject_;
    std::string local_;
    std::string destination_;
    bool valid_ = false;
    bool same_ = false;  // subjects are not changed
    // None where every message has the same subject.
    std::optional<SubjectTransform> to_local_, to_exported_;
};

}  // namespace midge
