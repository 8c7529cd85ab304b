#include <windows.h>

#include <string>

#include "account-server/process.h"

namespace midge::tools {
namespace {

HANDLE stop_event() {
    static const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    return event;
}

BOOL WINAPI on_console_event(DWORD) {
    SetEvent(stop_event());
    return TRUE;
}

}  // namespace

std::filesystem::path program_path() {
    constexpr DWORD path_length_max = 32768;
    std::wstring path(path_length_max, L'\0');
    path.resize(GetModuleFileNameW(nullptr, path.data(), path_length_max));
    return path;
}

void prepare_stop_requests() {
    stop_event();
    SetConsoleCtrlHandler(on_console_event, TRUE);
}

StopRequest wait_for_stop_request() {
    WaitForSingleObject(stop_event(), INFINITE);
    return StopRequest::stop;
}

}  // namespace midge::tools
