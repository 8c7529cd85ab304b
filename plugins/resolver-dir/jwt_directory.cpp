#include "resolver-dir/jwt_directory.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "common/account_key.h"
#include "common/files.h"
#include "common/limits.h"
#include "common/settings.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view jwt_suffix = ".jwt";
constexpr std::string_view deleted_suffix = ".deleted";
// Temporary files are `.<A...>.<random>.tmp`.
constexpr std::string_view temporary_suffix = ".tmp";
constexpr size_t shard_name_size = 2;
// A younger temporary file may belong to an instance that is still working: a reload makes the new
// instance first.
constexpr auto leftover_age_min = std::chrono::minutes(1);

// Returns the account of a file name; empty for other files.
std::string_view account_of(std::string_view file_name) {
    if (!file_name.ends_with(jwt_suffix)) return {};
    file_name.remove_suffix(jwt_suffix.size());
    return has_account_key_form(file_name) ? file_name : std::string_view();
}

bool is_temporary(std::string_view file_name) {
    return file_name.size() > account_key_size + 1 && file_name.starts_with('.') &&
           file_name.ends_with(temporary_suffix) &&
           has_account_key_form(file_name.substr(1, account_key_size));
}

bool has_shard_name_form(std::string_view name) {
    return name.size() == shard_name_size &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == std::string_view::npos;
}

// Returns the entries of a directory without those that disappear meanwhile.
Result<std::vector<fs::directory_entry>> entries_of(const fs::path& directory) {
    std::error_code code;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator it(directory, code), end; !code && it != end; it.increment(code)) {
        entries.push_back(*it);
    }
    if (code) {
        return fail(fmt::format("read directory {}: {}", directory.string(), code.message()));
    }
    return entries;
}

Result<> check_key(std::string_view account) {
    if (has_account_key_form(account)) return {};
    return fail(Errc::invalid, "expected an account key");
}

}  // namespace

Result<DirectorySettings> DirectorySettings::parse(std::string_view config_json) {
    auto json =
        parse_settings(config_json, {"dir", "limit", "allow_delete", "hard_delete", "shard"});
    if (!json) return pass(json);
    auto dir = required_setting(*json, "dir");
    if (!dir) return pass(dir);
    auto limit = int_setting(*json, "limit", 0, 0, INT64_MAX);
    if (!limit) return pass(limit);
    auto allow_delete = json_bool(*json, "allow_delete");
    if (!allow_delete) return pass(allow_delete);
    auto hard_delete = json_bool(*json, "hard_delete");
    if (!hard_delete) return pass(hard_delete);
    auto shard = json_bool(*json, "shard");
    if (!shard) return pass(shard);
    if (*hard_delete && !*allow_delete) {
        return fail(Errc::invalid, "\"hard_delete\" has no effect without \"allow_delete\"");
    }
    std::error_code ignored;
    const fs::path absolute = fs::absolute(*dir, ignored);
    return DirectorySettings{absolute.empty() ? fs::path(*dir) : absolute,
                             static_cast<uint64_t>(*limit), *allow_delete, *hard_delete, *shard};
}

Result<JwtDirectory> JwtDirectory::open(DirectorySettings settings) {
    if (auto made = make_private_directory(settings.dir); !made) return pass(made);
    JwtDirectory directory(std::move(settings));
    directory.remove_leftovers();
    return directory;
}

Result<std::string> JwtDirectory::read(const std::string& account) const {
    if (auto key = check_key(account); !key) return pass(key);
    const fs::path file = file_of(account);
    auto content = read_file(file, jwt_bytes_max);
    if (!content) {
        // If the directory is missing, the account may exist.
        std::error_code ignored;
        if (content.error().code == Errc::not_found && !fs::exists(settings_.dir, ignored)) {
            return fail(Errc::unavailable,
                        fmt::format("directory {} is missing", settings_.dir.string()));
        }
        return content;
    }
    const std::string_view jwt = trim(*content);
    // An empty file of another program's crash counts as no file.
    if (jwt.empty()) return fail(Errc::not_found, fmt::format("{} is empty", file.string()));
    return std::string(jwt);
}

Result<> JwtDirectory::write(const std::string& account, std::string_view jwt) {
    if (auto key = check_key(account); !key) return key;
    const fs::path file = file_of(account);
    std::error_code ignored;
    if (settings_.limit != 0 && !fs::exists(file, ignored)) {
        auto stored = list();
        if (!stored) return pass(stored);
        if (stored->size() >= settings_.limit) {
            return fail(Errc::denied,
                        fmt::format("jwt store is full: limit is {} accounts", settings_.limit));
        }
    }
    const fs::path directory = directory_of(account);
    // The directory, too, may have been removed meanwhile.
    if (!fs::exists(directory, ignored)) {
        if (auto made = make_private_directory(directory); !made) return made;
        if (auto synced = sync_directory(directory.parent_path()); !synced) return synced;
    }
    const std::string temporary = fmt::format(".{}.{}{}", account, nuid(), temporary_suffix);
    return replace_file(file, directory / temporary, jwt);
}

Result<> JwtDirectory::erase(const std::string& account) {
    if (auto key = check_key(account); !key) return key;
    if (!settings_.allow_delete) return fail(Errc::denied, "\"allow_delete\" is not set");
    const fs::path file = file_of(account);
    std::error_code code;
    if (settings_.hard_delete) {
        fs::remove(file, code);
    } else {
        fs::rename(file, file.string().append(deleted_suffix), code);
    }
    if (code == std::errc::no_such_file_or_directory) return {};
    if (code) return fail(fmt::format("delete {}: {}", file.string(), code.message()));
    return sync_directory(file.parent_path());
}

Result<std::vector<std::string>> JwtDirectory::list() const {
    auto places = directories();
    if (!places) return pass(places);
    std::vector<std::string> accounts;
    for (const fs::path& place : *places) {
        auto entries = entries_of(place);
        if (!entries) return pass(entries);
        for (const auto& entry : *entries) {
            const std::string name = entry.path().filename().string();
            const std::string_view account = account_of(name);
            std::error_code ignored;
            if (account.empty() || !entry.is_regular_file(ignored)) continue;
            if (entry.file_size(ignored) == 0 || entry.path() != file_of(std::string(account))) {
                continue;
            }
            accounts.emplace_back(account);
        }
    }
    return accounts;
}

fs::path JwtDirectory::directory_of(const std::string& account) const {
    if (!settings_.shard) return settings_.dir;
    return settings_.dir / account.substr(account.size() - shard_name_size);
}

fs::path JwtDirectory::file_of(const std::string& account) const {
    return directory_of(account) / std::string(account).append(jwt_suffix);
}

Result<std::vector<fs::path>> JwtDirectory::directories() const {
    if (!settings_.shard) return std::vector{settings_.dir};
    auto entries = entries_of(settings_.dir);
    if (!entries) return pass(entries);
    std::vector<fs::path> shards;
    for (const auto& entry : *entries) {
        std::error_code ignored;
        if (has_shard_name_form(entry.path().filename().string()) && entry.is_directory(ignored)) {
            shards.push_back(entry.path());
        }
    }
    return shards;
}

void JwtDirectory::remove_leftovers() const {
    const auto places = directories();
    if (!places) return;
    const auto born_before = fs::file_time_type::clock::now() - leftover_age_min;
    for (const fs::path& place : *places) {
        const auto entries = entries_of(place);
        if (!entries) continue;
        for (const auto& entry : *entries) {
            std::error_code ignored;
            if (is_temporary(entry.path().filename().string()) &&
                entry.last_write_time(ignored) < born_before) {
                fs::remove(entry.path(), ignored);
            }
        }
    }
}

}  // namespace midge
