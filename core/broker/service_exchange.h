#pragma once
// Which accounts use services of which others (spec config.md 6).
#include <mutex>
#include <unordered_map>
#include <vector>

#include "broker/service_import.h"

namespace midge {

// Owned by the broker; safe from any thread.
class ServiceExchange {
  public:
    explicit ServiceExchange(Logger& log) : log_(log) {}

    // What `importer` imports from now on. Imports that stay as they are miss no request.
    void set_imports(Account& importer, const std::vector<ServiceTerms>& wanted);
    [[nodiscard]] ServiceReplies& replies_of(Account& account);
    // Forgets requests that were not answered in time.
    void drop_expired();

  private:
    struct Import {
        Ref<ServiceImport> import;
        Ref<Subscription> subscription;
    };
    using Imports = std::vector<Import>;
    [[nodiscard]] Import start(Account& importer, const ServiceTerms& terms);

    Logger& log_;
    std::mutex imports_mutex_;
    std::unordered_map<Account*, Imports> imports_;
    std::mutex replies_mutex_;
    std::unordered_map<Account*, Ref<ServiceReplies>> replies_;
};

}  // namespace midge
