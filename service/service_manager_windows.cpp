#include <fmt/format.h>
#include <windows.h>

#include <array>
#include <memory>
#include <utility>

#include "base/windows_text.h"
#include "service_manager.h"

namespace midge {
namespace {

constexpr DWORD poll_milliseconds = 50;

struct CloseHandle {
    void operator()(SC_HANDLE handle) const noexcept { ::CloseServiceHandle(handle); }
};
using Manager = std::unique_ptr<SC_HANDLE__, CloseHandle>;

tl::unexpected<Error> system_error(const char* call) {
    const DWORD error = ::GetLastError();
    Errc code = Errc::failed;
    if (error == ERROR_ACCESS_DENIED) code = Errc::denied;
    // The second one is for a text that no service can have as its name, such as a path.
    if (error == ERROR_SERVICE_DOES_NOT_EXIST || error == ERROR_INVALID_NAME)
        code = Errc::not_found;
    std::string text = fmt::format("{}: {}", call, windows_error_text(error));
    if (error == ERROR_ACCESS_DENIED) text += " Run it as administrator.";
    return fail(code, text);
}

Result<Manager> connect(DWORD access) {
    Manager manager(::OpenSCManagerW(nullptr, nullptr, access));
    if (!manager) return system_error("service control manager");
    return manager;
}

bool is_pending(DWORD state) {
    return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING ||
           state == SERVICE_CONTINUE_PENDING || state == SERVICE_PAUSE_PENDING;
}

}  // namespace

const char* service_state_name(uint32_t state) noexcept {
    switch (state) {
        case SERVICE_STOPPED:
            return "stopped";
        case SERVICE_START_PENDING:
            return "start pending";
        case SERVICE_STOP_PENDING:
            return "stop pending";
        case SERVICE_RUNNING:
            return "running";
        case SERVICE_PAUSED:
            return "paused";
        default:
            return "pausing or continuing";
    }
}

Result<ManagedService> ManagedService::open(const std::string& name, uint32_t access) {
    auto manager = connect(SC_MANAGER_CONNECT);
    if (!manager) return pass(manager);
    const SC_HANDLE service = ::OpenServiceW(manager->get(), to_wide(name).c_str(), access);
    if (service == nullptr) return system_error("open service");
    return ManagedService(service);
}

Result<ManagedService> ManagedService::create(const Creation& creation) {
    auto manager = connect(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    if (!manager) return pass(manager);
    const std::wstring name = to_wide(creation.name);
    const SC_HANDLE service = ::CreateServiceW(
        manager->get(), name.c_str(), name.c_str(), SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
        creation.start_type, SERVICE_ERROR_NORMAL, to_wide(creation.command_line).c_str(), nullptr,
        nullptr, nullptr, to_wide(creation.account).c_str(), nullptr);
    if (service == nullptr) return system_error("create service");
    return ManagedService(service);
}

ManagedService::~ManagedService() {
    if (handle_ != nullptr) ::CloseServiceHandle(static_cast<SC_HANDLE>(handle_));
}

ManagedService::ManagedService(ManagedService&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

ManagedService& ManagedService::operator=(ManagedService&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

Result<ManagedService::Status> ManagedService::status() const {
    SERVICE_STATUS_PROCESS status{};
    DWORD needed = 0;
    if (::QueryServiceStatusEx(static_cast<SC_HANDLE>(handle_), SC_STATUS_PROCESS_INFO,
                               reinterpret_cast<BYTE*>(&status), sizeof status, &needed) == 0) {
        return system_error("query service");
    }
    return Status{.state = status.dwCurrentState,
                  .process_id = status.dwProcessId,
                  .checkpoint = status.dwCheckPoint,
                  .exit_code = status.dwWin32ExitCode,
                  .specific_exit_code = status.dwServiceSpecificExitCode};
}

Result<std::string> ManagedService::account() const {
    constexpr DWORD size_max = 8 * 1024;  // from Microsoft's documentation
    alignas(QUERY_SERVICE_CONFIGW) std::array<std::byte, size_max> memory{};
    auto* const config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(memory.data());
    DWORD needed = 0;
    if (::QueryServiceConfigW(static_cast<SC_HANDLE>(handle_), config, size_max, &needed) == 0)
        return system_error("query service");
    return to_utf8(config->lpServiceStartName);
}

Result<> ManagedService::start() {
    if (::StartServiceW(static_cast<SC_HANDLE>(handle_), 0, nullptr) == 0)
        return system_error("start service");
    return {};
}

Result<> ManagedService::control(uint32_t code) {
    SERVICE_STATUS status{};
    if (::ControlService(static_cast<SC_HANDLE>(handle_), code, &status) == 0)
        return system_error("control service");
    return {};
}

Result<> ManagedService::remove() {
    if (::DeleteService(static_cast<SC_HANDLE>(handle_)) == 0)
        return system_error("delete service");
    return {};
}

Result<ManagedService::Status> ManagedService::wait_for(uint32_t state,
                                                        std::chrono::milliseconds patience) const {
    using Clock = std::chrono::steady_clock;
    auto end = Clock::now() + patience;
    uint32_t checkpoint = 0;
    while (true) {
        auto now = status();
        if (!now || now->state == state || !is_pending(now->state)) return now;
        if (std::exchange(checkpoint, now->checkpoint) != now->checkpoint)
            end = Clock::now() + patience;
        if (Clock::now() >= end)
            return fail(Errc::unavailable,
                        fmt::format("the service is still \"{}\"", service_state_name(now->state)));
        ::Sleep(poll_milliseconds);
    }
}

}  // namespace midge
