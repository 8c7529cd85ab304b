#pragma once
// The subject mappings of an account: messages to one subject are routed to another
// (docs/protocol/subjects.md, Subject mappings).
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "subject/subject_index.h"
#include "subject/subject_transform.h"

namespace midge {

struct MappingDestination {
    std::string subject;
    uint8_t weight = 100;  // percent
    std::string cluster;   // empty: servers of every cluster without a list of its own
};

struct SubjectMapping {
    std::string source;
    std::vector<MappingDestination> destinations;
};

// Immutable after the last add(); shared by sessions and threads.
class SubjectMappings {
  public:
    // The limit exists because a message is compared with every wildcard source.
    static constexpr size_t wildcard_sources_max = 4096;

    // Adds a mapping for a server of `cluster` (empty: no cluster). It replaces an earlier one with
    // the same source. Errors have nats-server's texts.
    [[nodiscard]] Result<> add(const SubjectMapping& mapping, std::string_view cluster);
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    // Returns whether a message to the literal `subject` is mapped, and if so writes the new
    // subject to `out`; an empty text means that the message is dropped.
    [[nodiscard]] bool map(std::string_view subject, uint32_t random, std::string& out) const;

  private:
    struct Choice {
        SubjectTransform transform;
        uint32_t below = 0;  // chosen if the random number of 0..99 is less than this
    };
    struct Entry {
        std::string source;
        std::vector<Choice> choices;
    };
    [[nodiscard]] const Entry* find(std::string_view subject) const;

    std::vector<Entry> all_;
    std::unordered_map<std::string, size_t, TextHash, std::equal_to<>> literals_;
    std::vector<size_t> wildcards_;
};

}  // namespace midge
