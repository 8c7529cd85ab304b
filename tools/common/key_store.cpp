#include "common/key_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "common/files.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

constexpr size_t seed_file_bytes_max = 4096;
constexpr const char* git_ignore =
    "# seeds and credentials are secrets\n"
    "**/*.nk\n"
    "**/*.creds\n";

Result<> check_public_key(std::string_view key) {
    constexpr size_t public_key_length = 56;
    const bool base32 = std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7');
    });
    if (key.size() != public_key_length || !base32)
        return fail(Errc::invalid, fmt::format("\"{}\" is not a public key", key));
    return {};
}

}  // namespace

bool KeyStore::needs_migration() const {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder_, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto& path = entry->path();
        const bool new_form =
            entry.depth() == 0 && (path.filename() == "keys" || path.filename() == "creds");
        if (new_form) entry.disable_recursion_pending();
        if (path.extension() == ".nk" || path.extension() == ".creds") return true;
    }
    return false;
}

Result<> KeyStore::make_folders() const {
    for (const char* name : {"keys", "creds"}) {
        if (auto ok = make_private_folders(folder_ / name); !ok) return ok;
    }
    std::error_code error;
    const fs::path ignore = folder_ / ".gitignore";
    if (!write_git_ignore_ || fs::exists(ignore, error)) return {};
    return write_private_file(ignore, git_ignore);
}

Result<fs::path> KeyStore::store_seed(std::string_view public_key,
                                      std::string_view seed_text) const {
    if (auto ok = check_public_key(public_key); !ok) return pass(ok);
    if (auto ok = make_folders(); !ok) return pass(ok);
    const fs::path file = key_file(public_key);
    if (auto stored = seed(public_key)) {
        const bool same = *stored == seed_text;
        wipe(*stored);
        if (!same)
            return fail(fmt::format("key \"{}\" already exists and is different", file.string()));
        return file;
    }
    if (auto ok = write_private_file(file, seed_text); !ok) return pass(ok);
    return file;
}

Result<std::string> KeyStore::seed(std::string_view public_key) const {
    if (auto ok = check_public_key(public_key); !ok) return pass(ok);
    auto text = read_file(key_file(public_key), seed_file_bytes_max);
    if (!text) return pass(text);
    std::string out(trim(*text));
    wipe(*text);
    return out;
}

bool KeyStore::has_seed(std::string_view public_key) const {
    std::error_code error;
    return check_public_key(public_key) && fs::is_regular_file(key_file(public_key), error);
}

Result<> KeyStore::remove_seed(std::string_view public_key) const {
    if (auto ok = check_public_key(public_key); !ok) return ok;
    const fs::path file = key_file(public_key);
    if (auto ok = remove_file(file); !ok) return ok;
    std::error_code not_empty;
    fs::remove(file.parent_path(), not_empty);
    return {};
}

std::vector<std::string> KeyStore::public_keys() const {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder_ / "keys", error), end;
         !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.extension() == ".nk" && check_public_key(path.stem().string()))
            out.push_back(path.stem().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<fs::path> KeyStore::store_creds(const std::string& operator_name, const std::string& account,
                                       const std::string& user, std::string_view creds) const {
    if (auto ok = make_folders(); !ok) return pass(ok);
    const fs::path file = creds_file(operator_name, account, user);
    if (auto ok = write_private_file(file, creds); !ok) return pass(ok);
    return file;
}

fs::path KeyStore::key_file(std::string_view public_key) const {
    return folder_ / "keys" / std::string(public_key.substr(0, 1)) /
           std::string(public_key.substr(1, 2)) / (std::string(public_key) + ".nk");
}

fs::path KeyStore::creds_file(const std::string& operator_name, const std::string& account,
                              const std::string& user) const {
    return folder_ / "creds" / operator_name / account / (user + ".creds");
}

}  // namespace midge::tools
