#pragma once
// The monitoring requests to the system account (docs/protocol/system-services.md, Monitoring
// requests): the pages of a server or an account, and who subscribes to a subject.
#include <string>
#include <string_view>

#include "services/page_source.h"
#include "services/request_options.h"
#include "services/system_services.h"

namespace midge {

// Owned by the broker; runs on the system thread.
class MonitorRequests {
  public:
    // Requires: both outlive it.
    MonitorRequests(SystemServices& services, PageSource& pages)
        : services_(services), pages_(pages) {}
    // Adds the services to the system account. Requires: called once, before start().
    void attach(Account& system_account);

  private:
    void serve_page(Account& system_account, std::string_view name);
    void serve_account(Account& system_account, std::string_view name);
    void answer_page(const ServiceRequest& request, std::string_view name);
    // `account`: the one that the subject names.
    void answer_account(const ServiceRequest& request, std::string_view name,
                        const std::string& account);
    void answer_statz(const ServiceRequest& request, const std::string& account);
    void answer_profilez(const ServiceRequest& request);
    void count_subscribers(const ServiceRequest& request);
    void count_account_subscribers(const ServiceRequest& request);
    void ask(const ServiceRequest& request, const PageRequest& page);
    // Whether this server is meant. If the payload is wrong, answers so.
    [[nodiscard]] bool is_meant(const ServiceRequest& request, const RequestFilter& filter);
    void refuse(const ServiceRequest& request, const Error& error);
    // On the system thread, later.
    void send(const ServiceRequest& request, const Result<Page>& page);
    void send_data(const ServiceRequest& request, std::string_view data);

    SystemServices& services_;
    PageSource& pages_;
};

}  // namespace midge
