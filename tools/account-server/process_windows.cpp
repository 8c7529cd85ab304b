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

void prepare_stop_requests() {
    stop_event();
    SetConsoleCtrlHandler(on_console_event, TRUE);
}

StopRequest wait_for_stop_request() {
    WaitForSingleObject(stop_event(), INFINITE);
    return StopRequest::stop;
}

}  // namespace midge::tools
