#include <fmt/format.h>
#include <windows.h>

#include <array>
#include <filesystem>
#include <vector>

#include "base/program.h"
#include "base/text.h"
#include "base/windows_text.h"
#include "data_folder.h"
#include "event_log.h"
#include "service_install.h"
#include "service_manager.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

constexpr const char* default_account = "NT AUTHORITY\\LocalService";

Result<DWORD> start_type(const std::string& start) {
    if (start.empty() || start == "auto" || start == "delayed") return DWORD{SERVICE_AUTO_START};
    if (start == "manual") return DWORD{SERVICE_DEMAND_START};
    return fail(Errc::invalid,
                fmt::format("--start is \"{}\", expected auto, manual or delayed", start));
}

// Accounts without a password: of the system, of services, and managed ones.
Result<std::string> service_account(const std::string& wanted) {
    if (wanted.empty()) return std::string(default_account);
    const std::string lower = to_lower_ascii(wanted);
    if (lower == "localsystem" || lower.starts_with("nt authority\\") ||
        lower.starts_with("nt service\\") || lower.ends_with("$"))
        return wanted;
    return fail(
        Errc::invalid,
        fmt::format("--account {}: expected one without a password (LocalSystem, NT "
                    "AUTHORITY\\LocalService, NT AUTHORITY\\"
                    "NetworkService, NT SERVICE\\<service>, or a managed account that ends in $); "
                    "set others in the Services window after the installation",
                    wanted));
}

Result<> change(const ManagedService& service, DWORD what, void* value, const char* name) {
    if (::ChangeServiceConfig2W(static_cast<SC_HANDLE>(service.handle()), what, value) != 0)
        return {};
    return windows_error(name, ::GetLastError());
}

Result<> describe(const ManagedService& service, bool delayed) {
    std::wstring text = L"NATS-compatible message broker";
    SERVICE_DESCRIPTIONW description{text.data()};
    if (auto done = change(service, SERVICE_CONFIG_DESCRIPTION, &description, "description"); !done)
        return done;
    // Gives clients time to reconnect elsewhere before the machine shuts down.
    SERVICE_PRESHUTDOWN_INFO shutdown{.dwPreshutdownTimeout = 3 * 60 * 1000};
    if (auto done = change(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &shutdown, "shutdown time");
        !done)
        return done;
    if (!delayed) return {};
    SERVICE_DELAYED_AUTO_START_INFO later{.fDelayedAutostart = TRUE};
    return change(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &later, "delayed start");
}

// Makes the SCM restart the service when it crashes, with increasing delays.
Result<> restart_on_failure(const ManagedService& service) {
    std::array<SC_ACTION, 3> actions{
        {{SC_ACTION_RESTART, 1'000}, {SC_ACTION_RESTART, 5'000}, {SC_ACTION_RESTART, 30'000}}};
    SERVICE_FAILURE_ACTIONSW failure{.dwResetPeriod = 24 * 60 * 60,
                                     .lpRebootMsg = nullptr,
                                     .lpCommand = nullptr,
                                     .cActions = actions.size(),
                                     .lpsaActions = actions.data()};
    return change(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure, "recovery");
}

}  // namespace

std::string quoted_argument(const std::string& argument) {
    if (!argument.empty() && argument.find_first_of(" \t\"") == std::string::npos) return argument;
    std::string out = "\"";
    size_t backslashes = 0;
    for (const char c : argument) {
        // Backslashes are doubled only before a quote.
        if (c == '"') out.append(backslashes + 1, '\\');
        backslashes = c == '\\' ? backslashes + 1 : 0;
        out += c;
    }
    out.append(backslashes, '\\');
    return out + '"';
}

Result<ServiceAnswer> prepare_service(const ServiceOrder& request) {
    auto data = data_folder();
    if (!data) return pass(data);
    std::vector<std::string> accounts{default_account};
    auto service = ManagedService::open(request.name, SERVICE_QUERY_CONFIG);
    if (service) {
        auto account = service->account();
        if (!account) return pass(account);
        accounts.push_back(*account);
    } else if (service.error().code != Errc::not_found) {
        return pass(service);
    }
    if (auto ours = prepare_data_folder(*data, accounts); !ours) return pass(ours);
    return ServiceAnswer{fmt::format("{} is ready", data->string())};
}

Result<ServiceAnswer> install_service(const ServiceOrder& request) {
    auto type = start_type(request.start);
    if (!type) return pass(type);
    auto account = service_account(request.account);
    if (!account) return pass(account);
    auto data = data_folder();
    if (!data) return pass(data);

    std::error_code failure;
    const fs::path config = request.config_file.empty()
                                ? *data / "midged.conf"
                                : fs::absolute(request.config_file, failure);
    if (!fs::is_regular_file(config, failure))
        return fail(Errc::not_found,
                    fmt::format("{}: no such file; write it first, or name another with --config",
                                config.string()));

    // Checked before any use of the folder, because it may belong to somebody else.
    if (config.parent_path() == *data) {
        if (auto ours = prepare_data_folder(*data, {*account}); !ours) return pass(ours);
    }

    const std::string command =
        quoted_argument(program_file().string()) + " -c " + quoted_argument(config.string());
    auto service = ManagedService::create(
        {.name = request.name, .command_line = command, .start_type = *type, .account = *account});
    if (!service)
        return fail(service.error().code,
                    fmt::format("service \"{}\": {}", request.name, service.error().text));
    const auto finish = [&]() -> Result<> {
        if (auto done = describe(*service, request.start == "delayed"); !done) return done;
        if (auto done = restart_on_failure(*service); !done) return done;
        if (auto done = register_event_source(request.name); !done) return done;
        return config.parent_path() == *data ? restrict_data_folder(*data, *account) : Result<>();
    };
    if (auto finished = finish(); !finished) {
        // Reports the first error, and leaves no partly installed service.
        (void)service->remove();
        (void)unregister_event_source(request.name);
        return fail(finished.error().code,
                    fmt::format("service \"{}\": {}", request.name, finished.error().text));
    }
    return ServiceAnswer{fmt::format("Service \"{}\" is installed, configuration {}", request.name,
                                     config.string())};
}

}  // namespace midge
