#pragma once
// Makes the monitoring pages (docs/protocol/monitoring.md).
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "base/work_queue.h"
#include "connection/loop_survey.h"
#include "monitor/accountz.h"
#include "monitor/closed_connections.h"
#include "monitor/http_request_counts.h"
#include "monitor/monitor_pages.h"
#include "monitor/subsz.h"
#include "monitor/varz.h"
#include "services/system_services.h"

namespace midge {

// Owned by the broker. Pages are made on a thread of their own, so that a large one delays neither
// messages nor other services; what only the event loops know is collected on them, in parts
// (visit_connections).
class PageSource final : public MonitorPages {
  public:
    // The pages that may be under way. Further requests get an error.
    static constexpr size_t under_way_max = 256;

    // `system_account`: its name; empty: there is none. The parts outlive stop().
    PageSource(SystemServices& services, const EventLoops& loops, ClosedConnections& closed,
               const HttpRequestCounts& http, std::string system_account);
    // The settings that are in force from now on. Any thread.
    void set_settings(std::shared_ptr<const Settings> settings);
    // The address of the HTTP port, for VARZ. Before start() of the broker ends.
    struct HttpAddress {
        std::string host;
        int http_port = 0;
        int https_port = 0;
        std::string base_path;
    };
    void set_http_address(HttpAddress address) { http_address_ = std::move(address); }

    // MonitorPages
    void ask(const PageRequest& request, const PageForm& form, Answer answer) override;
    // The details of one account: data of $SYS.REQ.ACCOUNT.<acc>.INFO.
    void ask_account(const std::string& account, Answer answer);
    // Pages under way are not answered any more. Before the loops and the services end.
    void stop();

  private:
    using Work = std::function<void()>;
    // Runs `work` on the thread of the pages.
    void post(Work work) { (void)queue_->push(work); }  // false only after stop()
    // Counts a page that is under way until its answer is called. An empty result: there are too
    // many, and `answer` has the error.
    [[nodiscard]] Answer counted(Answer answer);
    [[nodiscard]] std::shared_ptr<const Settings> settings() const;
    [[nodiscard]] const ServedServer& server() const noexcept { return services_.server(); }

    // On the thread of the pages. Each answers at once, or when the loops have.
    void make(const VarzOptions& options, const PageForm& form, const Answer& answer);
    void make(const ConnzOptions& options, const PageForm& form, const Answer& answer);
    void make(const SubszOptions& options, const PageForm& form, const Answer& answer);
    void make(const AccountzOptions& options, const PageForm& form, const Answer& answer);
    void make(const AccstatzOptions& options, const PageForm& form, const Answer& answer);
    void make(const RoutezOptions& options, const PageForm& form, const Answer& answer);
    void make(const GatewayzOptions& options, const PageForm& form, const Answer& answer);
    void make(const LeafzOptions& options, const PageForm& form, const Answer& answer);
    void make(const JszOptions& options, const PageForm& form, const Answer& answer);
    void make(const HealthzOptions& options, const PageForm& form, const Answer& answer);
    void make(const IpqueueszOptions& options, const PageForm& form, const Answer& answer);
    void make(const RaftzOptions& options, const PageForm& form, const Answer& answer);
    void make(const ExpvarzOptions& options, const PageForm& form, const Answer& answer);
    // Sends the details of `account`, or the error that there is none, to `row_made`.
    void make_account(const std::string& account,
                      const std::function<void(Result<AccountRow>)>& row_made);
    [[nodiscard]] std::string server_name() const;
    [[nodiscard]] Varz varz() const;
    [[nodiscard]] AccountRow account_row(Account& account) const;
    void list_subscriptions(const SubszOptions& options, Subsz& page) const;
    // Figures of one index, or of all. `done` gets them on the thread of the pages.
    void collect_sublist(Account* account, std::function<void(SublistStats)> done);

    SystemServices& services_;
    const EventLoops& loops_;
    ClosedConnections& closed_;
    const HttpRequestCounts& http_;
    const std::string system_account_;
    HttpAddress http_address_;
    mutable std::mutex mutex_;  // guards the two members below
    std::shared_ptr<const Settings> settings_;
    WallNanos settings_since_ = 0;
    std::atomic<size_t> under_way_{0};
    std::unique_ptr<WorkQueue<Work>> queue_;
};

}  // namespace midge
