#pragma once
// The service imports of all accounts (docs/protocol/subjects.md, Service imports).
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "exchange/service_import.h"

namespace midge {

// Owned by the broker; usable from any thread.
class ServiceExchange {
  public:
    // Publishes `payload` in `account`, on another thread.
    using Publish = std::function<void(Account& account, std::string subject, std::string payload)>;

    ServiceExchange(Logger& log, Publish publish) : log_(log), publish_(std::move(publish)) {}

    // Replaces the imports of `importer`. Imports that stay the same miss no request.
    void set_imports(Account& importer, const std::vector<ServiceTerms>& wanted);
    [[nodiscard]] std::vector<ServiceTerms> imports_of(Account& importer) const;
    [[nodiscard]] ServiceReplies& replies_of(Account& account);
    // Removes requests that were not answered in time.
    void drop_expired();
    // Publishes latency events for measured requests that were not answered in time.
    void report_expired();
    // Publishes a latency event about a service of `account`.
    void report(Account& account, std::string subject, std::string json) {
        publish_(account, std::move(subject), std::move(json));
    }

  private:
    struct Import {
        Ref<ServiceImport> import;
        Ref<Subscription> subscription;
    };
    using Imports = std::vector<Import>;
    [[nodiscard]] std::vector<Ref<ServiceReplies>> all_replies();
    [[nodiscard]] Import start(Account& importer, const ServiceTerms& terms);

    Logger& log_;
    const Publish publish_;
    mutable std::mutex imports_mutex_;
    std::unordered_map<Account*, Imports> imports_;
    std::mutex replies_mutex_;
    std::unordered_map<Account*, Ref<ServiceReplies>> replies_;
};

}  // namespace midge
