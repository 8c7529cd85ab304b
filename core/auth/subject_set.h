#pragma once
// Sets of subject patterns, with literal entries in a hash set. Permissions use them for their
// lists.
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace midge {

class SubjectSet {
  public:
    void add(std::string_view pattern);
    [[nodiscard]] bool empty() const noexcept { return literals_.empty() && patterns_.empty(); }

    // Whether some entry matches every subject that `subject` (literal or pattern) matches.
    [[nodiscard]] bool covers(std::string_view subject) const;
    // Whether some entry matches `subject`. Wildcards of `subject` are taken literally.
    [[nodiscard]] bool matches(std::string_view subject) const;
    // Whether some entry and `subject` (literal or pattern) match a common subject.
    [[nodiscard]] bool overlaps(std::string_view subject) const;

  private:
    struct TextHash {
        using is_transparent = void;
        size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::unordered_set<std::string, TextHash, std::equal_to<>> literals_;
    std::vector<std::string> patterns_;
};

// Entries "subject" and "subject queue"; the queue may contain wildcard tokens.
class QueueSubjectSet {
  public:
    void add(std::string_view entry);

    [[nodiscard]] const SubjectSet& plain() const noexcept { return plain_; }
    // Whether entries with a queue cover the subject, and whether one of these names the queue.
    struct QueueMatch {
        bool any = false;
        bool named = false;
    };
    [[nodiscard]] QueueMatch covers(std::string_view subject, std::string_view queue) const;
    // Whether an entry for `queue` matches a subject that `subject` matches, too.
    [[nodiscard]] bool overlaps(std::string_view subject, std::string_view queue) const;

  private:
    struct QueueEntry {
        std::string subject;
        std::string queue;
    };
    SubjectSet plain_;
    std::vector<QueueEntry> queued_;
};

}  // namespace midge
