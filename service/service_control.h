#pragma once
// --service: midged as a service of Windows, seen by an administrator.
#include <cstdint>
#include <string>

#include "base/result.h"

namespace midge {

struct ServiceOrder {
    std::string action;       // "prepare", "install", "uninstall", "start", "stop", "status"
    std::string name;         // of the service
    std::string config_file;  // install: of the service; empty: %ProgramData%\Midge\midged.conf
    std::string start;        // install: "auto" (the default), "manual", "delayed"
    // Install: an account without a password; empty: NT AUTHORITY\LocalService.
    std::string account;
};

// The result for the user, and the exit code.
struct ServiceAnswer {
    std::string text;
    int exit_code = 0;
};

// Executes the request and waits for its end. For "status", a stopped or unknown service is a
// result, with the exit codes of init scripts (3, 4). The error is the reason: not allowed, not
// found, did not start. Fails on other systems than Windows.
[[nodiscard]] Result<ServiceAnswer> control_service(const ServiceOrder& request);

// Returns the part of --help about --service; empty on systems without it.
[[nodiscard]] std::string service_usage(const std::string& program);

// --signal "<stop|quit|reopen|reload|ldm>[=<service>]" by the service manager, as in nats-server on
// Windows; the default service is `program`. Waits at most 10 seconds until the service has the
// resulting state. Windows only.
[[nodiscard]] Result<> signal_service(const std::string& program, const std::string& request);

// Returns the id of the process of a service. Fails with not_found if there is no such service, and
// with unavailable if it does not run. Windows only.
[[nodiscard]] Result<uint32_t> service_process(const std::string& name);

}  // namespace midge
