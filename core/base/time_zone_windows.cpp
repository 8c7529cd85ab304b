#include <windows.h>

#include <array>
#include <cstdlib>

#include "base/time_zone.h"
#include "base/windows_text.h"

namespace midge {
namespace {

// Returns for example "Europe/Berlin". Empty if the system has no ICU, which is part of Windows
// since 10 version 1903, or does not know the zone.
std::string local_zone_name() {
    using GetDefaultTimeZone = int32_t (*)(wchar_t * name, int32_t units, int* error);
    const HMODULE icu = ::LoadLibraryExW(L"icu.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (icu == nullptr) return {};
    const auto function = reinterpret_cast<GetDefaultTimeZone>(
        reinterpret_cast<void*>(::GetProcAddress(icu, "ucal_getDefaultTimeZone")));
    if (function == nullptr) return {};
    std::array<wchar_t, 128> name{};
    int error = 0;
    const int32_t units = function(name.data(), name.size(), &error);
    return error > 0 || units <= 0 ? std::string() : to_utf8(name.data());
}

bool is_set(const wchar_t* name) {
    return ::GetEnvironmentVariableW(name, nullptr, 0) != 0;
}

}  // namespace

void prepare_time_zones(const std::filesystem::path& program) {
    const auto zones = program.parent_path().parent_path() / "share" / "zoneinfo";
    if (!is_set(L"TZDIR")) _wputenv_s(L"TZDIR", zones.c_str());
    if (is_set(L"TZ") || is_set(L"LOCALTIME")) return;
    if (const std::string zone = local_zone_name(); !zone.empty())
        _wputenv_s(L"LOCALTIME", to_wide(zone).c_str());
}

}  // namespace midge
