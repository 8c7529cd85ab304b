#pragma once
// resolver-memory: account JWTs from the configuration.
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "abi/resolver_plugin.hpp"

namespace midge {

// Settings: {"preload": {"A...": "<jwt>"}}. Keeps what is stored until the process ends, answers
// within the call.
class MemoryResolver final : public plugin::Resolver {
  public:
    MemoryResolver(plugin::ResolverHost host, std::string_view config_json);

    void fetch(std::string account, plugin::Reply reply) override;
    void store(std::string account, std::string jwt, plugin::Reply reply) override;
    void list(plugin::Reply reply) override;
    void erase(std::string account, plugin::Reply reply) override;

  private:
    std::mutex mutex_;
    std::map<std::string, std::string> jwts_;  // by account key
};

// The plugin's table, for programs that link it in.
[[nodiscard]] const midge_resolver* resolver_memory_table();

}  // namespace midge
