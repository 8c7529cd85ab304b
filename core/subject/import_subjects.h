#pragma once
// The subjects of an import in the exporting and the importing account (docs/protocol/subjects.md,
// Stream imports, Service imports).
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "subject/subject_transform.h"

namespace midge {

// A value that does not change after it is made; const functions are usable from any thread.
class ImportSubjects {
  public:
    // `subject` in the exporting account becomes `local` in the importing account. The wildcards of
    // `local`, written as "*" or "$1", stand for those of `subject`. Errors have nats-server's
    // texts.
    [[nodiscard]] static Result<ImportSubjects> of_stream(std::string_view subject,
                                                          std::string_view local);
    [[nodiscard]] static Result<ImportSubjects> of_service(std::string_view subject,
                                                           std::string_view local);
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
    // The local subject as written in the configuration or the claims.
    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // The local subject with "*" in place of references such as "$1".
    [[nodiscard]] const std::string& local() const noexcept { return local_; }
    // Returns the subject to subscribe to in the exporting account for a local subscription to
    // `subscribed`. Returns no value if there is none, or if one of the subjects of the import is
    // invalid: nats-server accepts such an import, but no message can match it.
    [[nodiscard]] std::optional<std::string> exported_subject(std::string_view subscribed) const;
    // Returns the local subject of a message published in the exporting account. May use `out` as
    // memory.
    [[nodiscard]] std::string_view local_subject(std::string_view published,
                                                 std::string& out) const;
    // Returns the subject in the exporting account for a local request. Requires: local() matches
    // `published`. May use `out` as memory.
    [[nodiscard]] std::string_view requested_subject(std::string_view published,
                                                     std::string& out) const;

  private:
    [[nodiscard]] Result<> set(std::string_view subject, std::string_view local);

    std::string subject_;
    std::string local_;
    std::string destination_;
    bool valid_ = false;
    bool same_ = false;  // both accounts use the same subjects
    // No value if every message has the same subject.
    std::optional<SubjectTransform> to_local_, to_exported_;
};

}  // namespace midge
