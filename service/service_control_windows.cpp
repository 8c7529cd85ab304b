#include <fmt/format.h>
#include <windows.h>

#include <chrono>
#include <filesystem>

#include "base/text.h"
#include "base/windows_text.h"
#include "event_log.h"
#include "service_control.h"
#include "service_host.h"
#include "service_install.h"
#include "service_manager.h"

namespace midge {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::chrono::seconds signal_patience{10};
// The exit codes of init scripts.
constexpr int exit_stopped = 3;
constexpr int exit_unknown = 4;

tl::unexpected<Error> explain(const std::string& name, const Error& error) {
    if (error.code == Errc::not_found)
        return fail(error.code, fmt::format("there is no service \"{}\"", name));
    return fail(error.code, fmt::format("service \"{}\": {}", name, error.text));
}

std::string why_stopped(const ManagedService::Status& status) {
    if (status.exit_code != ERROR_SERVICE_SPECIFIC_ERROR)
        return windows_error_text(status.exit_code);
    switch (static_cast<StartFailure>(status.specific_exit_code)) {
        case StartFailure::configuration:
            return "its command line or configuration is not right; the Event Log says what";
        case StartFailure::start:
            return "it could not start; the Event Log says why";
    }
    return fmt::format("exit code {}", status.specific_exit_code);
}

Result<ServiceAnswer> start(const std::string& name) {
    auto service = ManagedService::open(name, SERVICE_START | SERVICE_QUERY_STATUS);
    if (!service) return explain(name, service.error());
    if (auto started = service->start(); !started) return explain(name, started.error());
    auto status = service->wait_for(SERVICE_RUNNING, patience);
    if (!status) return explain(name, status.error());
    if (status->state != SERVICE_RUNNING)
        return fail(Errc::failed,
                    fmt::format("service \"{}\" did not start: {}", name, why_stopped(*status)));
    return ServiceAnswer{
        fmt::format("Service \"{}\" runs as process {}", name, status->process_id)};
}

Result<> stop_and_wait(ManagedService& service) {
    auto status = service.status();
    if (!status) return pass(status);
    if (status->state == SERVICE_STOPPED) return {};
    if (status->state != SERVICE_STOP_PENDING) {
        if (auto asked = service.control(SERVICE_CONTROL_STOP); !asked) return asked;
    }
    status = service.wait_for(SERVICE_STOPPED, patience);
    return status ? Result<>() : pass(status);
}

Result<ServiceAnswer> stop(const std::string& name) {
    auto service = ManagedService::open(name, SERVICE_STOP | SERVICE_QUERY_STATUS);
    if (!service) return explain(name, service.error());
    if (auto stopped = stop_and_wait(*service); !stopped) return explain(name, stopped.error());
    return ServiceAnswer{fmt::format("Service \"{}\" is stopped", name)};
}

Result<ServiceAnswer> status_of(const std::string& name) {
    auto service = ManagedService::open(name, SERVICE_QUERY_STATUS);
    if (!service && service.error().code == Errc::not_found)
        return ServiceAnswer{fmt::format("There is no service \"{}\"", name), exit_unknown};
    if (!service) return explain(name, service.error());
    auto status = service->status();
    if (!status) return explain(name, status.error());
    const char* state = service_state_name(status->state);
    if (status->state != SERVICE_STOPPED)
        return ServiceAnswer{
            fmt::format("Service \"{}\": {}, process {}", name, state, status->process_id)};
    std::string text = fmt::format("Service \"{}\": {}", name, state);
    const bool failed =
        status->exit_code != NO_ERROR && status->exit_code != ERROR_SERVICE_NEVER_STARTED;
    if (failed) text += ": " + why_stopped(*status);
    return ServiceAnswer{text, exit_stopped};
}

Result<ServiceAnswer> uninstall(const std::string& name) {
    auto service = ManagedService::open(name, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
    if (!service) return explain(name, service.error());
    if (auto stopped = stop_and_wait(*service); !stopped) return explain(name, stopped.error());
    if (auto removed = service->remove(); !removed) return explain(name, removed.error());
    if (auto removed = unregister_event_source(name); !removed)
        return explain(name, removed.error());
    return ServiceAnswer{fmt::format("Service \"{}\" is removed; its files are kept", name)};
}

Result<ManagedService> open_for_signals(const std::string& name, uint32_t access) {
    auto service = ManagedService::open(name, access);
    if (service) return service;
    return fail(service.error().code,
                fmt::format("could not access service: {}", service.error().text));
}

struct SignalControl {
    uint32_t control = 0;
    uint32_t state_after = 0;
};

// Control 0 means an unknown signal.
SignalControl control_of(std::string_view command) {
    constexpr uint32_t reopen_log = 128;  // of nats-server
    constexpr uint32_t lame_duck = 129;
    if (command == "stop" || command == "quit") return {SERVICE_CONTROL_STOP, SERVICE_STOPPED};
    if (command == "reopen") return {reopen_log, SERVICE_RUNNING};
    if (command == "reload") return {SERVICE_CONTROL_PARAMCHANGE, SERVICE_RUNNING};
    // Its clients leave, then it stops.
    if (command == "ldm") return {lame_duck, SERVICE_STOP_PENDING};
    return {};
}

}  // namespace

Result<ServiceAnswer> control_service(const ServiceOrder& request) {
    if (request.action == "prepare") return prepare_service(request);
    if (request.action == "install") return install_service(request);
    if (request.action == "uninstall") return uninstall(request.name);
    if (request.action == "start") return start(request.name);
    if (request.action == "stop") return stop(request.name);
    if (request.action == "status") return status_of(request.name);
    return fail(
        Errc::invalid,
        fmt::format(
            "--service is \"{}\", expected prepare, install, uninstall, start, stop or status",
            request.action));
}

std::string service_usage(const std::string& program) {
    return fmt::format(R"(
Windows service:
        --service <action>            install, uninstall, start, stop or status: manage the service "{}".
                                      prepare: make the folder %ProgramData%\Midge for administrators; fail if
                                      somebody else has made it or put files into it. Another service: --name <name>.
                                      install takes --config <file>, --start auto|manual|delayed, and --account <name>
                                      for an account that needs no password.
                                      Signal a service by name: --signal <stop|quit|reopen|reload|diff|ldm>[=<service>]
)",
                       program);
}

Result<uint32_t> service_process(const std::string& name) {
    auto service = open_for_signals(name, SERVICE_QUERY_STATUS);
    if (!service) return pass(service);
    auto status = service->status();
    if (!status) return explain(name, status.error());
    if (status->process_id == 0)
        return fail(Errc::unavailable, fmt::format("service \"{}\" does not run", name));
    return status->process_id;
}

Result<> signal_service(const std::string& program, const std::string& request) {
    const std::vector<std::string_view> parts = split(request, '=');
    if (parts.size() > 2)
        return fail(Errc::invalid, fmt::format("invalid signal parameters: {}", parts[2]));
    const std::string name(parts.size() == 2 ? parts[1] : std::string_view(program));
    auto service = open_for_signals(name, SERVICE_ALL_ACCESS);
    if (!service) return pass(service);
    const SignalControl wanted = control_of(parts[0]);
    if (wanted.control == 0)
        return fail(Errc::invalid, fmt::format("unknown signal \"{}\"", parts[0]));
    if (auto sent = service->control(wanted.control); !sent)
        return fail(sent.error().code, fmt::format("could not send control={}: {}", wanted.control,
                                                   sent.error().text));
    auto status = service->wait_for(wanted.state_after, signal_patience);
    // Lame duck mode may end before the first check.
    const bool over =
        wanted.state_after == SERVICE_STOP_PENDING && status && status->state == SERVICE_STOPPED;
    if (!over && (!status || status->state != wanted.state_after))
        return fail(Errc::unavailable, fmt::format("timeout waiting for service to go to state={}",
                                                   wanted.state_after));
    return {};
}

}  // namespace midge
