// The part of a service in the protocol of the service control manager (SCM). The order of these
// headers matters.
// clang-format off
#include <windows.h>
#include <tlhelp32.h>
// clang-format on

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/windows_text.h"
#include "event_log.h"
#include "service_host.h"
#include "service_notify.h"
#include "signal_queue.h"

namespace midge {
namespace {

// The SCM kills a service that is silent for longer than its wait hint. These are the hint, the
// interval of progress reports, and the longest time of a pending state.
constexpr DWORD wait_hint_milliseconds = 10'000;
constexpr std::chrono::seconds beat_interval{2};
constexpr std::chrono::minutes pending_max{10};  // unless a longer time is announced

// Midge's own controls, with nats-server's numbers.
constexpr DWORD control_reopen_log = 128;
constexpr DWORD control_lame_duck = 129;

// The state of this service as reported to the SCM.
class HostedService {
  public:
    explicit HostedService(const std::function<int()>& run) : run_(run) {}

    // The body of the service, on the thread that the SCM has created for it.
    void main(const std::wstring& name);
    // A pending state may take `time_wanted`, if that is more than usual.
    void set_state(DWORD state, std::chrono::milliseconds time_wanted = {});
    void start_failed(StartFailure kind, const std::string& why);
    void log(LogLevel level, std::string_view text) {
        if (events_) events_->write(level, text);
    }
    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

  private:
    void report();  // under mutex_
    void beat();

    const std::function<int()>& run_;
    std::unique_ptr<EventLog> events_;
    int exit_code_ = 1;

    std::mutex mutex_;
    std::condition_variable ended_;
    SERVICE_STATUS_HANDLE handle_ = nullptr;
    SERVICE_STATUS status_{};
    std::chrono::steady_clock::time_point pending_until_;
};

// Global, because Windows passes no argument of ours to the service's functions.
std::atomic<HostedService*> hosted{nullptr};

bool is_under_way(DWORD state) {
    return state == SERVICE_START_PENDING || state == SERVICE_STOP_PENDING;
}

void HostedService::report() {
    if (handle_ != nullptr) ::SetServiceStatus(handle_, &status_);
}

void HostedService::set_state(DWORD state, std::chrono::milliseconds time_wanted) {
    const std::lock_guard lock(mutex_);
    pending_until_ = std::chrono::steady_clock::now() +
                     std::max<std::chrono::milliseconds>(pending_max, time_wanted);
    if (status_.dwCurrentState == state || status_.dwCurrentState == SERVICE_STOPPED) return;
    // A reload may end when the service is already stopping.
    if (status_.dwCurrentState == SERVICE_STOP_PENDING) return;
    status_.dwCurrentState = state;
    status_.dwControlsAccepted =
        state == SERVICE_RUNNING
            ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE
            : 0;
    status_.dwCheckPoint = is_under_way(state) ? 1 : 0;
    status_.dwWaitHint = is_under_way(state) ? wait_hint_milliseconds : 0;
    report();
}

void HostedService::start_failed(StartFailure kind, const std::string& why) {
    log(LogLevel::fatal, "The service did not start: " + why);
    const std::lock_guard lock(mutex_);
    status_.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
    status_.dwServiceSpecificExitCode = static_cast<DWORD>(kind);
}

// A start waits for disks and account servers, and a stop waits for clients. Progress is reported
// for as long as that may reasonably take.
void HostedService::beat() {
    std::unique_lock lock(mutex_);
    while (status_.dwCurrentState != SERVICE_STOPPED) {
        ended_.wait_for(lock, beat_interval);
        if (!is_under_way(status_.dwCurrentState)) continue;
        if (std::chrono::steady_clock::now() >= pending_until_) continue;
        ++status_.dwCheckPoint;
        report();
    }
}

// Returns immediately, because the SCM waits for it and serves no other service meanwhile.
DWORD WINAPI on_control(DWORD control, DWORD /*event*/, void* /*data*/, void* context) {
    switch (control) {
        case SERVICE_CONTROL_INTERROGATE:
            return NO_ERROR;
        case SERVICE_CONTROL_STOP:
            static_cast<HostedService*>(context)->set_state(SERVICE_STOP_PENDING);
            push_signal(ServiceSignal::terminate);
            return NO_ERROR;
        case SERVICE_CONTROL_PARAMCHANGE:
            push_signal(ServiceSignal::reload);
            return NO_ERROR;
        case control_reopen_log:
            push_signal(ServiceSignal::reopen_log);
            return NO_ERROR;
        // The machine shuts down: clients are told to reconnect elsewhere before they are
        // disconnected.
        case SERVICE_CONTROL_PRESHUTDOWN:
        case control_lame_duck:
            static_cast<HostedService*>(context)->set_state(SERVICE_STOP_PENDING);
            push_signal(ServiceSignal::lame_duck);
            return NO_ERROR;
        default:
            return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

void HostedService::main(const std::wstring& name) {
    events_ = EventLog::open(to_utf8(name));
    {
        const std::lock_guard lock(mutex_);
        status_.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
        handle_ = ::RegisterServiceCtrlHandlerExW(name.c_str(), on_control, this);
    }
    if (handle_ == nullptr) {
        log(LogLevel::fatal,
            "RegisterServiceCtrlHandlerEx: " + windows_error_text(::GetLastError()));
        return;
    }
    set_state(SERVICE_START_PENDING);
    std::thread heart([this] { beat(); });
    exit_code_ = run_();
    {
        const std::lock_guard lock(mutex_);
        const bool failed = exit_code_ != 0 && status_.dwWin32ExitCode == NO_ERROR;
        if (failed) status_.dwWin32ExitCode = ERROR_PROCESS_ABORTED;
        status_.dwCurrentState = SERVICE_STOPPED;
        status_.dwControlsAccepted = status_.dwCheckPoint = status_.dwWaitHint = 0;
    }
    ended_.notify_all();
    heart.join();
    // The last step, because the process may end after it.
    report();
}

void WINAPI service_main(DWORD count, wchar_t** words) {
    hosted.load()->main(count > 0 ? words[0] : L"midged");
}

// Whether this process's parent is the SCM. Checked first because it takes a millisecond, while the
// dispatcher of Wine waits ten seconds before it fails.
bool is_child_of_service_manager() {
    const HANDLE processes = ::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (processes == INVALID_HANDLE_VALUE) return true;  // then the dispatcher decides
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof entry;
    std::map<DWORD, std::pair<DWORD, std::wstring>> parents_and_names;
    for (BOOL more = ::Process32FirstW(processes, &entry); more;
         more = ::Process32NextW(processes, &entry)) {
        parents_and_names[entry.th32ProcessID] = {entry.th32ParentProcessID, entry.szExeFile};
    }
    ::CloseHandle(processes);
    const auto own = parents_and_names.find(::GetCurrentProcessId());
    if (own == parents_and_names.end()) return true;
    const auto parent = parents_and_names.find(own->second.first);
    return parent != parents_and_names.end() &&
           ::_wcsicmp(parent->second.second.c_str(), L"services.exe") == 0;
}

}  // namespace

int run_hosted(const std::function<int()>& run) {
    if (!is_child_of_service_manager()) return run();
    HostedService service(run);
    hosted = &service;
    wchar_t any_name[] = L"";  // the name is not used for a process with one service
    const SERVICE_TABLE_ENTRYW table[] = {{any_name, service_main}, {nullptr, nullptr}};
    const bool served = ::StartServiceCtrlDispatcherW(table) != 0;
    hosted = nullptr;
    // The call fails in a process that the SCM has not started.
    return served ? service.exit_code() : run();
}

bool is_hosted() noexcept {
    return hosted.load() != nullptr;
}

void report_start_failure(StartFailure kind, const std::string& why) {
    if (HostedService* const service = hosted.load()) service->start_failed(kind, why);
}

void write_unfiled_log(LogLevel level, std::string_view line, std::string_view text) {
    if (HostedService* const service = hosted.load()) {
        service->log(level, text);
    } else {
        std::fwrite(line.data(), 1, line.size(), stderr);
        std::fflush(stderr);  // the C library buffers output to a pipe or a file
    }
}

Result<> notify_service_manager(ServiceState state, std::chrono::milliseconds time_wanted) {
    HostedService* const service = hosted.load();
    if (service == nullptr || state == ServiceState::alive) return {};
    // The SCM has no state for a reload: the service is running.
    service->set_state(state == ServiceState::stopping ? SERVICE_STOP_PENDING : SERVICE_RUNNING,
                       time_wanted);
    return {};
}

// The SCM has no watchdog for running services.
Result<std::optional<std::chrono::microseconds>> watchdog_limit() {
    return std::nullopt;
}

}  // namespace midge
