#include "account/make_mappings.h"

namespace midge {

std::shared_ptr<const SubjectMappings> make_mappings(const std::string& account,
                                                     const std::vector<SubjectMapping>& mappings,
                                                     Logger& log) {
    auto made = std::make_shared<SubjectMappings>();
    for (const SubjectMapping& mapping : mappings) {
        if (const auto added = made->add(mapping, {}); !added) {
            log.log_with(LogLevel::error, {{"account", account}, {"reason", added.error().text}},
                         "Error adding subject mapping \"{}\" for account [{}]: {}", mapping.source,
                         account, added.error().text);
        }
    }
    if (made->empty()) return nullptr;
    return made;
}

std::shared_ptr<const SubjectMappings> make_mappings(const AccountClaims& claims, Logger& log) {
    constexpr uint8_t unset_weight = 100;
    std::vector<SubjectMapping> mappings;
    for (const auto& [source, targets] : claims.mappings) {
        SubjectMapping mapping{source, {}};
        for (const WeightedMapping& target : targets) {
            mapping.destinations.push_back({target.subject,
                                            target.weight == 0 ? unset_weight : target.weight,
                                            target.cluster});
        }
        mappings.push_back(std::move(mapping));
    }
    const bool named = !claims.name.empty() && claims.name != claims.sub;
    return make_mappings(named ? claims.sub + "/" + claims.name : claims.sub, mappings, log);
}

}  // namespace midge
