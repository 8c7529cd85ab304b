// clang-format off: <windows.h> comes first
#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>
#include <windows.h>
// clang-format on
#include <fmt/format.h>

#include <array>
#include <memory>
#include <system_error>

#include "access_rules.h"
#include "base/text.h"
#include "base/windows_text.h"
#include "data_folder.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

constexpr const char* for_administrators = "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

// Returns "S-1-5-21-...", or the letters of an account that every Windows has, whose name depends
// on the language.
Result<std::string> sid_of(const std::string& account) {
    const std::string lower = to_lower_ascii(account);
    if (lower == "localsystem") return std::string("SY");
    if (lower == "nt authority\\localservice") return std::string("LS");
    if (lower == "nt authority\\networkservice") return std::string("NS");
    std::array<std::byte, SECURITY_MAX_SID_SIZE> sid{};
    std::array<wchar_t, 256> domain{};
    DWORD sid_size = sid.size();
    DWORD domain_size = domain.size();
    SID_NAME_USE use{};
    if (::LookupAccountNameW(nullptr, to_wide(account).c_str(), sid.data(), &sid_size,
                             domain.data(), &domain_size, &use) == 0)
        return windows_error(fmt::format("account \"{}\"", account), ::GetLastError());
    return sid_text(sid.data());
}

// Returns the long form of the result of sid_of().
Result<std::string> full_sid_of(const std::string& account) {
    auto letters = sid_of(account);
    if (!letters) return letters;
    PSID sid = nullptr;
    if (::ConvertStringSidToSidW(to_wide(*letters).c_str(), &sid) == 0)
        return windows_error(fmt::format("account \"{}\"", account), ::GetLastError());
    const SystemMemory<void> owner(sid);
    return sid_text(sid);
}

// The accounts to which files may belong.
class TrustedOwners {
  public:
    [[nodiscard]] static Result<TrustedOwners> from(const std::vector<std::string>& accounts) {
        TrustedOwners owners;
        auto own = own_sid();
        if (!own) return pass(own);
        owners.sids_.push_back(std::move(*own));
        for (const std::string& account : accounts) {
            auto sid = full_sid_of(account);
            if (!sid) return pass(sid);
            owners.sids_.push_back(std::move(*sid));
        }
        return owners;
    }

    [[nodiscard]] Result<> check(const fs::path& path) const {
        const std::string name = path.string();
        const SystemHandle file(::CreateFileW(
            path.c_str(), READ_CONTROL | FILE_READ_ATTRIBUTES,
            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
            FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
        if (file.get() == INVALID_HANDLE_VALUE) return windows_error(name, ::GetLastError());
        BY_HANDLE_FILE_INFORMATION about{};
        if (::GetFileInformationByHandle(file.get(), &about) == 0)
            return windows_error(name, ::GetLastError());
        if ((about.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
            return fail(Errc::denied, fmt::format("{} is a link to another place", name));
        PSID owner = nullptr;
        void* made = nullptr;
        const DWORD error =
            ::GetSecurityInfo(file.get(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
                              nullptr, nullptr, nullptr, &made);
        if (error != ERROR_SUCCESS) return windows_error(name, error);
        const SystemMemory<void> descriptor(made);
        if (::IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0 ||
            ::IsWellKnownSid(owner, WinLocalSystemSid) != 0)
            return {};
        auto sid = sid_text(owner);
        if (!sid) return pass(sid);
        for (const std::string& trusted : sids_) {
            if (trusted == *sid) return {};
        }
        return fail(Errc::denied,
                    fmt::format("{0} belongs to {1}, not to an administrator, the system or the "
                                "service: anything may have been put there. Look at it, and "
                                "remove it, or take it over: takeown /A /R /F \"{0}\"",
                                name, *sid));
    }

  private:
    TrustedOwners() = default;
    std::vector<std::string> sids_;
};

// Returns false if the folder already exists.
Result<bool> make_closed_folder(const fs::path& folder) {
    auto rules = parse_access_rules(for_administrators);
    if (!rules) return pass(rules);
    SECURITY_ATTRIBUTES attributes{.nLength = sizeof attributes,
                                   .lpSecurityDescriptor = rules->get(),
                                   .bInheritHandle = FALSE};
    if (::CreateDirectoryW(folder.c_str(), &attributes) != 0) return true;
    const DWORD error = ::GetLastError();
    if (error == ERROR_ALREADY_EXISTS) return false;
    return windows_error(folder.string(), error);
}

}  // namespace

Result<fs::path> data_folder() {
    wchar_t* path = nullptr;
    const HRESULT found = ::SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &path);
    const std::unique_ptr<wchar_t, decltype(&::CoTaskMemFree)> owner(path, &::CoTaskMemFree);
    if (FAILED(found)) return fail(Errc::failed, "Windows does not say where %ProgramData% is");
    return fs::path(path) / "Midge";
}

Result<> prepare_data_folder(const fs::path& folder, const std::vector<std::string>& accounts) {
    auto made = make_closed_folder(folder);
    if (!made) return pass(made);
    if (*made) return {};
    auto owners = TrustedOwners::from(accounts);
    if (!owners) return pass(owners);
    if (auto ours = owners->check(folder); !ours) return ours;
    std::error_code failure;
    // Does not follow links: check() refuses them first.
    for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
         at.increment(failure)) {
        if (auto ours = owners->check(at->path()); !ours) return ours;
    }
    if (failure) return fail(Errc::failed, folder.string() + ": " + failure.message());
    return {};
}

Result<> restrict_data_folder(const fs::path& folder, const std::string& account) {
    auto sid = sid_of(account);
    if (!sid) return pass(sid);
    // 0x1301bf: read, write, execute, delete.
    auto rules =
        parse_access_rules(fmt::format("{}(A;OICI;0x1301bf;;;{})", for_administrators, *sid));
    if (!rules) return pass(rules);
    ACL* list = nullptr;
    BOOL present = FALSE;
    BOOL by_default = FALSE;
    if (::GetSecurityDescriptorDacl(rules->get(), &present, &list, &by_default) == 0)
        return windows_error("access rules", ::GetLastError());
    // Unlike SetFileSecurity, this also applies to the existing content of the folder.
    std::wstring path = folder.wstring();
    const DWORD error =
        ::SetNamedSecurityInfoW(path.data(), SE_FILE_OBJECT,
                                DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                nullptr, nullptr, list, nullptr);
    if (error != ERROR_SUCCESS)
        return windows_error(fmt::format("set the access rules of {}", folder.string()), error);
    return {};
}

}  // namespace midge
