#include "auth/subject_set.h"

#include <algorithm>

#include "base/white_space.h"
#include "subject/subject.h"

namespace midge {

void SubjectSet::add(std::string_view pattern) {
    if (has_wildcard_token(pattern)) {
        patterns_.emplace_back(pattern);
    } else {
        literals_.emplace(pattern);
    }
}

bool SubjectSet::covers(std::string_view subject) const {
    if (literals_.find(subject) != literals_.end()) return true;
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [&](const std::string& pattern) { return is_subset(subject, pattern); });
}

bool SubjectSet::matches(std::string_view subject) const {
    if (literals_.find(subject) != literals_.end()) return true;
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
        return subject_matches(pattern, subject);
    });
}

bool SubjectSet::overlaps(std::string_view subject) const {
    if (covers(subject)) return true;
    if (!has_wildcard_token(subject)) return false;
    const auto shares = [&](const std::string& entry) { return overlap(entry, subject); };
    return std::any_of(literals_.begin(), literals_.end(), shares) ||
           std::any_of(patterns_.begin(), patterns_.end(), shares);
}

void QueueSubjectSet::add(std::string_view entry) {
    const auto parts = words(entry);
    if (parts.size() < 2) {
        plain_.add(parts.empty() ? entry : parts.front());
    } else {
        const auto queue = static_cast<size_t>(parts[1].data() - entry.data());
        const auto end =
            static_cast<size_t>(parts.back().data() - entry.data()) + parts.back().size();
        queued_.push_back({std::string(parts[0]), std::string(entry.substr(queue, end - queue))});
    }
}

namespace {

// A queue entry "v1.*" matches the queue with this name and, as a pattern, others.
bool queue_matches(std::string_view queue, std::string_view pattern) {
    return queue == pattern || is_subset(queue, pattern);
}

}  // namespace

QueueSubjectSet::QueueMatch QueueSubjectSet::covers(std::string_view subject,
                                                    std::string_view queue) const {
    QueueMatch match;
    for (const auto& entry : queued_) {
        if (!is_subset(subject, entry.subject)) continue;
        match.any = true;
        match.named = match.named || queue_matches(queue, entry.queue);
    }
    return match;
}

bool QueueSubjectSet::overlaps(std::string_view subject, std::string_view queue) const {
    return std::any_of(queued_.begin(), queued_.end(), [&](const QueueEntry& entry) {
        return overlap(entry.subject, subject) && queue_matches(queue, entry.queue);
    });
}

}  // namespace midge
