#pragma once
#include <string>

#include "config/options.h"

// Parts of the options as text: two texts are equal exactly if the options are equal. They contain
// passwords, so they are only for comparison.
namespace midge {

[[nodiscard]] std::string comparable_text(const std::vector<std::string>& texts);
[[nodiscard]] std::string comparable_text(const std::map<std::string, std::string>& texts);
[[nodiscard]] std::string comparable_text(const std::vector<UserOptions>& users);
[[nodiscard]] std::string comparable_text(const std::vector<AccountOptions>& accounts);
[[nodiscard]] std::string comparable_text(const std::vector<SubjectMapping>& mappings);
[[nodiscard]] std::string comparable_text(const std::optional<PermissionRules>& rules);
[[nodiscard]] std::string comparable_text(const std::optional<AuthCalloutOptions>& callout);
[[nodiscard]] std::string comparable_text(const std::optional<TlsOptions>& tls);
// Without the tls block.
[[nodiscard]] std::string comparable_text(const WebsocketOptions& websocket);
[[nodiscard]] std::string comparable_text(const std::vector<ResolverOptions>& resolvers);
[[nodiscard]] std::string comparable_text(const std::vector<EventSinkOptions>& sinks);

}  // namespace midge
