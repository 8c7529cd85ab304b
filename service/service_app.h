#pragma once
// midged as a service of the system. Connects all parts.
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

// Made by main() after the command line and the configuration are read. main() and reload() run on
// the main thread.
class ServiceApp final : public Poco::Util::ServerApplication {
  public:
    // `options` are those of `line` and its file, complete and checked.
    ServiceApp(CommandLine line, Options options, SignalWaiter& signals, Background background);

  protected:
    // Runs the service from start to end. Returns the exit code.
    int main(const std::vector<std::string>& arguments) override;

  private:
    using ReloadDone = std::function<void(Result<>)>;
    // All that a reload puts in force, made and checked.
    struct Prepared {
        Options options;
        std::vector<OptionChange> changes;
        PreparedReload broker;
        ServiceLogger::Target log;
        AccountResolver* preload_target;  // of `broker`; null: nothing is to be stored
    };

    [[nodiscard]] Result<> start();
    void serve();
    // Gives clients time to leave. A second call has no effect.
    void enter_lame_duck();
    void stop();
    // Returns a description of the changes.
    [[nodiscard]] Result<std::string> reload();
    // What reload() would change, and which connected accounts it would lose, in words.
    [[nodiscard]] Result<std::string> describe_reload();
    // Reads the configuration again and puts it in force, or changes nothing; what it did goes to
    // the log, the events and `report`.
    [[nodiscard]] Result<> apply_configuration(ConfigReloadEvent& report);
    // Does what of a reload can fail; nothing changes by that. Whatever ends it, lack of memory
    // included, ends the reload alone.
    [[nodiscard]] Result<Prepared> prepare_reload(ConfigReloadEvent& report);
    [[nodiscard]] Result<Prepared> read_and_make(ConfigReloadEvent& report);
    [[nodiscard]] Result<Options> read_anew(ConfigReloadEvent& report,
                                            std::vector<OptionChange>& changes);
    [[nodiscard]] Result<Prepared> make_parts(Options options);
    [[nodiscard]] Result<> commit_reload(Prepared prepared);
    // The system account asks for a reload. Any thread.
    void ask_reload(ReloadDone done);
    void serve_reload_requests();
    // Write the files with which others find the service. Errors are logged.
    [[nodiscard]] Result<> write_pid(const Options& options);
    void write_ports(const Options& options);
    void log_banner();
    // Raises the limit of open files for max_connections.
    void make_room_for_clients();
    void log_tls();
    void log_websocket();
    // `time_wanted`: time that the state may take, if that is more than the manager usually allows.
    void tell_service_manager(ServiceState state, std::chrono::milliseconds time_wanted = {});
    // Starts the watchdog if the service manager wants signs of life of the event loops.
    void start_watchdog();
    [[nodiscard]] PluginSurroundings surroundings();

    const CommandLine line_;
    SignalWaiter& signals_;
    Background background_;
    ServiceLogger log_;
    Options options_;
    const uint64_t epoch_;
    AcknowledgedSequences acknowledged_;  // used by the broker's sinks
    Broker broker_;
    PortsFile ports_file_;
    std::unique_ptr<ServiceWatchdog> watchdog_;
    bool leaving_ = false;                   // in lame duck mode
    std::atomic<bool> clients_gone_{false};  // all clients have left in lame duck mode

    std::mutex requests_mutex_;
    std::vector<ReloadDone> reload_requests_;
};

}  // namespace midge
