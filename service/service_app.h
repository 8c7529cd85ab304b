#pragma once
// midged as a service of the system: everything is wired together here.
#include <Poco/Util/ServerApplication.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "background.h"
#include "broker/broker.h"
#include "command_line.h"
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
    [[nodiscard]] Result<> start();
    void serve();
    // Clients get their time to leave; a second call does nothing.
    void enter_lame_duck();
    void stop();
    void reload();
    // Reads the configuration again and puts it in force, or changes nothing.
    [[nodiscard]] Result<> apply_configuration();
    // The files by which others find the service; trouble with them is logged.
    void write_files(const Options& options);
    void log_banner();
    void log_tls();
    // `time_wanted`: for what was begun, if that is more than the manager usually grants.
    void tell_service_manager(ServiceState state, std::chrono::milliseconds time_wanted = {});
    // If the service manager wants to be told that the event loops turn.
    void start_watchdog();
    [[nodiscard]] std::function<void(std::string)> account_changed();

    const CommandLine line_;
    SignalWaiter& signals_;
    Background background_;
    ServiceLogger log_;
    Options options_;
    Broker broker_;
    PortsFile ports_file_;
    std::unique_ptr<ServiceWatchdog> watchdog_;
    bool leaving_ = false;  // in lame duck mode
};

}  // namespace midge
