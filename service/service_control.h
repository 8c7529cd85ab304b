#pragma once
// --service: midged as a service of Windows, seen by an administrator.
#include <string>

#include "base/result.h"

namespace midge {

struct ServiceOrder {
    std::string action;       // "prepare", "install", "uninstall", "start", "stop", "status"
    std::string name;         // of the service
    std::string config_file;  // install: of the service; empty: %ProgramData%\Midge\midged.conf
    std::string start;        // install: "auto" (the default), "manual", "delayed"
    std::string account;      // install: one without a password; empty: NT AUTHORITY\LocalService
};

// What was done, as the user is told, and the exit code that goes with it.
struct ServiceAnswer {
    std::string text;
    int exit_code = 0;
};

// Does what is asked and waits for the end of it. A stopped or unknown service is an answer to
// "status", with the exit codes that init scripts have for them (3, 4). Fails with the reason: not
// allowed, not found, did not start. Windows only: elsewhere it fails.
[[nodiscard]] Result<ServiceAnswer> control_service(const ServiceOrder& request);

// What --help says of --service; empty where there is none.
[[nodiscard]] std::string service_usage(const std::string& program);

// --signal "<stop|quit|reopen|reload|ldm>[=<service>]" as nats-server takes it on Windows; the
// service is `program` by default. Waits until the service is in the state that follows, at most 10
// seconds. Windows only.
[[nodiscard]] Result<> signal_service(const std::string& program, const std::string& request);

}  // namespace midge
