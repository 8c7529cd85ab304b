#include <event_messages.h>  // made from event_messages.mc
#include <windows.h>

#include <algorithm>
#include <new>

#include "base/program.h"
#include "base/windows_text.h"
#include "event_log.h"

namespace midge {
namespace {

// ReportEvent takes 31,839 characters. A UTF-8 byte is at most one character.
constexpr size_t event_text_bytes_max = 31'000;

struct Kind {
    WORD type;
    DWORD message;
};

Kind kind_of(LogLevel level) {
    switch (level) {
        case LogLevel::fatal:
        case LogLevel::error:
            return {EVENTLOG_ERROR_TYPE, MIDGE_EVENT_ERROR};
        case LogLevel::warn:
            return {EVENTLOG_WARNING_TYPE, MIDGE_EVENT_WARNING};
        default:
            return {EVENTLOG_INFORMATION_TYPE, MIDGE_EVENT_INFORMATION};
    }
}

std::wstring key_of(const std::string& source) {
    return L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + to_wide(source);
}

Result<> registry_result(const char* what, LSTATUS error) {
    if (error == ERROR_SUCCESS) return {};
    const Errc code = error == ERROR_ACCESS_DENIED ? Errc::denied : Errc::failed;
    return fail(code, std::string(what) + ": " + windows_error_text(static_cast<uint32_t>(error)));
}

}  // namespace

std::unique_ptr<EventLog> EventLog::open(const std::string& source) {
    const HANDLE handle = ::RegisterEventSourceW(nullptr, to_wide(source).c_str());
    if (handle == nullptr) return nullptr;
    return std::unique_ptr<EventLog>(new EventLog(handle));
}

EventLog::~EventLog() {
    ::DeregisterEventSource(handle_);
}

void EventLog::write(LogLevel level, std::string_view text) noexcept {
    try {
        std::wstring wide = to_wide(text.substr(0, event_text_bytes_max));
        std::replace_if(
            wide.begin(), wide.end(), [](wchar_t c) { return c < L' '; }, L' ');
        const wchar_t* texts[] = {wide.c_str()};
        const Kind kind = kind_of(level);
        ::ReportEventW(handle_, kind.type, 0, kind.message, nullptr, 1, 0, texts, nullptr);
    } catch (const std::bad_alloc&) {
        return;  // a log line is not worth the process
    }
}

Result<> register_event_source(const std::string& source) {
    const std::wstring key = key_of(source);
    const std::wstring file = program_file().wstring();
    const auto bytes = static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t));
    LSTATUS error = ::RegSetKeyValueW(HKEY_LOCAL_MACHINE, key.c_str(), L"EventMessageFile",
                                      REG_EXPAND_SZ, file.c_str(), bytes);
    if (error == ERROR_SUCCESS) {
        const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
        error = ::RegSetKeyValueW(HKEY_LOCAL_MACHINE, key.c_str(), L"TypesSupported", REG_DWORD,
                                  &types, sizeof types);
    }
    return registry_result("register the event source", error);
}

Result<> unregister_event_source(const std::string& source) {
    const LSTATUS error = ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, key_of(source).c_str());
    return registry_result("remove the event source",
                           error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error);
}

}  // namespace midge
