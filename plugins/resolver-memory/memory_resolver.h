#pragma once
// resolver-memory: account JWTs from the configuration.
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "abi/resolver_plugin.hpp"

namespace midge {

// Settings: {"preload": {"A...": "<jwt>"}}. Keeps stored JWTs until the process ends. Answers
// within the call.
class MemoryResolver final : public plugin::Resolver {
  public:
    static constexpr midge_setting settings[] = {
        plugin::setting("preload", MIDGE_SETTING_OBJECT, "JWTs to start with, by account key")};
    static constexpr bool compares = true;

    MemoryResolver(plugin::ResolverHost host, const plugin::ResolverStart& start);

    void fetch(plugin::FetchRequest request, plugin::Reply reply) override;
    void store(plugin::StoreRequest request, plugin::Reply reply) override;
    void list(plugin::ListRequest request, plugin::Reply reply) override;
    void erase(std::string account, plugin::Reply reply) override;
    void report(const plugin::Report& to) override;

  private:
    const plugin::ResolverHost host_;
    std::mutex mutex_;
    std::map<std::string, std::string> jwts_;  // by account key
};

// The plugin's table, for programs that link the plugin in.
[[nodiscard]] const midge_resolver* resolver_memory_table();

}  // namespace midge
