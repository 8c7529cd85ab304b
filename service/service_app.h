#pragma once
// midged as a service of the system: everything is wired together here.
#include <Poco/Util/ServerApplication.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "background.h"
#include "broker/broker.h"
#include "command_line.h"
#include "config/options_diff.h"
#include "plugin_parts.h"
#include "service_files.h"
#include "service_logger.h"
#include "service_notify.h"
#include "service_watchdog.h"
#include "signals.h"

namespace midge {

// Made by main() once the command line and the configuration are read; main() and reload run on the
// main thread.
class ServiceApp final : public Poco::Util::ServerApplication {
  public:
    // `options` are those of `line` and its file, complete and checked.
    ServiceApp(CommandLine line, Options options, SignalWaiter& signals, Background background);

  protected:
    // From start to end; gives the exit code.
    int main(const std::vector<std::string>& arguments) override;

  private:
    using ReloadDone = std::function<void(Result<>)>;

    [[nodiscard]] Result<> start();
    void serve();
    // Clients get their time to leave; a second call does nothing.
    void enter_lame_duck();
    void stop();
    // Gives what it did, in words.
    [[nodiscard]] Result<std::string> reload();
    // Reads the configuration again and puts it in force, or changes nothing; what it did goes to
    // the log, the events and `report`.
    [[nodiscard]] Result<> apply_configuration(ConfigReloadEvent& report);
    // Puts `options`, which differ from the present ones by `changes`, in force.
    [[nodiscard]] Result<> switch_to(Options options, const std::vector<OptionChange>& changes);
    // The system account asks for a reload. Any thread.
    void ask_reload(ReloadDone done);
    void serve_reload_requests();
    // The files by which others find the service; trouble with them is logged.
    [[nodiscard]] Result<> write_pid(const Options& options);
    void write_ports(const Options& options);
    void log_banner();
    // Files that may be open, for max_connections.
    void make_room_for_clients();
    void log_tls();
    void log_websocket();
    // `time_wanted`: for what was begun, if that is more than the manager usually grants.
    void tell_service_manager(ServiceState state, std::chrono::milliseconds time_wanted = {});
    // If the service manager wants to be told that the event loops turn.
    void start_watchdog();
    [[nodiscard]] PluginSurroundings surroundings();

    const CommandLine line_;
    SignalWaiter& signals_;
    Background background_;
    ServiceLogger log_;
    Options options_;
    const uint64_t epoch_;
    AcknowledgedSequences acknowledged_;  // the broker's sinks use it
    Broker broker_;
    PortsFile ports_file_;
    std::unique_ptr<ServiceWatchdog> watchdog_;
    bool leaving_ = false;                   // in lame duck mode
    std::atomic<bool> clients_gone_{false};  // lame duck mode is over

    std::mutex requests_mutex_;
    std::vector<ReloadDone> reload_requests_;
};

}  // namespace midge
