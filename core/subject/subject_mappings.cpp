#include "subject/subject_mappings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "base/wire_error.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr uint32_t percent = 100;

// Returns the destination that does not change a subject: "a.$1.>" for "a.*.>".
std::string identity_of(std::string_view source) {
    std::string out;
    size_t wildcards = 0;
    for (const std::string_view token : split(source, token_separator)) {
        if (!out.empty()) out += token_separator;
        out += token == "*" ? fmt::format("${}", ++wildcards) : std::string(token);
    }
    return out;
}

}  // namespace

Result<> SubjectMappings::add(const SubjectMapping& mapping, std::string_view cluster) {
    if (!is_valid_subject(mapping.source)) return fail(Errc::invalid, "invalid subject");
    const std::string identity = identity_of(mapping.source);
    std::set<std::string_view> seen;
    std::map<std::string_view, std::vector<Choice>> lists;  // by cluster
    std::map<std::string_view, bool> names_source;
    lists[{}];
    for (const MappingDestination& destination : mapping.destinations) {
        if (!seen.insert(destination.subject).second) {
            return fail(Errc::invalid,
                        fmt::format("duplicate entry for {}", go_quote(destination.subject)));
        }
        // A destination without a subject leaves the subject unchanged.
        const std::string& subject = destination.subject.empty() ? identity : destination.subject;
        auto& list = lists[destination.cluster];
        const uint32_t below = (list.empty() ? 0 : list.back().below) + destination.weight;
        if (below > percent) return fail(Errc::invalid, "total weight needs to be <= 100");
        auto transform = SubjectTransform::from(mapping.source, subject);
        if (!transform) return pass(transform);
        if (destination.subject == mapping.source || destination.subject == identity)
            names_source[destination.cluster] = true;
        list.push_back({std::move(*transform), below});
    }
    const std::string_view chosen = lists.contains(cluster) ? cluster : std::string_view();
    std::vector<Choice> choices = std::move(lists[chosen]);
    // Messages that no weight covers keep their subject. If the source is one of the destinations,
    // they are dropped instead.
    if ((choices.empty() || choices.back().below < percent) && !names_source[chosen]) {
        auto unchanged = SubjectTransform::from(mapping.source, identity);
        if (!unchanged) return pass(unchanged);
        choices.push_back({std::move(*unchanged), percent});
    }
    const auto known = std::find_if(all_.begin(), all_.end(), [&](const Entry& entry) {
        return entry.source == mapping.source;
    });
    if (known != all_.end()) {
        known->choices = std::move(choices);
        return {};
    }
    if (!has_wildcard_token(mapping.source)) {
        literals_.emplace(mapping.source, all_.size());
    } else if (wildcards_.size() < wildcard_sources_max) {
        wildcards_.push_back(all_.size());
    } else {
        return fail(Errc::invalid,
                    fmt::format("more than {} mappings of wildcards", wildcard_sources_max));
    }
    all_.push_back({mapping.source, std::move(choices)});
    return {};
}

const SubjectMappings::Entry* SubjectMappings::find(std::string_view subject) const {
    const auto literal = literals_.find(subject);
    const size_t first = literal == literals_.end() ? all_.size() : literal->second;
    for (const size_t index : wildcards_) {
        if (index > first) break;
        if (is_subset(subject, all_[index].source)) return &all_[index];
    }
    return first == all_.size() ? nullptr : &all_[first];
}

bool SubjectMappings::map(std::string_view subject, uint32_t random, std::string& out) const {
    const Entry* const entry = find(subject);
    if (entry == nullptr) return false;
    const uint32_t dice = random % percent;
    for (const Choice& choice : entry->choices) {
        if (dice >= choice.below) continue;
        choice.transform.apply(subject, random / percent, out);
        return true;
    }
    out.clear();
    return true;
}

}  // namespace midge
