#pragma once
// $SYS.REQ.SERVER.<id>.RELOAD, KICK and LDM (docs/protocol/system-services.md, Server requests),
// and PLUGINS.
#include <functional>
#include <string>

#include "base/result.h"
#include "connection/loop_survey.h"
#include "services/system_services.h"

namespace midge {

class Session;

// Asks the service to reload its configuration. The function calls `done` with the outcome, on any
// thread. It is called on the system thread and must not wait.
using AskReload = std::function<void(std::function<void(Result<>)> done)>;

// Owned by the broker; runs on the system thread.
class ServerRequests {
  public:
    // Without `ask_reload`, the answer to RELOAD is that there is no configuration file.
    ServerRequests(SystemServices& services, const EventLoops& loops, AskReload ask_reload)
        : services_(services), loops_(loops), ask_reload_(std::move(ask_reload)) {}
    // Adds the services to the system account. Requires: called once, before start().
    void attach(Account& system_account);

  private:
    struct Action {
        std::function<void(Session&)> run;
        std::string otherwise;  // error if there is no such client
    };

    // Answers with the state of resolvers and event sinks. Only Midge has this request.
    void report_plugins(const ServiceRequest& request);
    void reload(const ServiceRequest& request);
    // Runs `action` for the client that the request names.
    void act_on_client(const ServiceRequest& request, const Action& action);
    void visit_loops(const ServiceRequest& request, uint64_t client, const Action& action);
    [[nodiscard]] bool is_for_us(const ServiceRequest& request);
    void answer(const ServiceRequest& request, const Result<>& outcome);

    SystemServices& services_;
    const EventLoops& loops_;
    const AskReload ask_reload_;
};

}  // namespace midge
