#include "common/legacy_paths.h"

#include "common/files.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

bool nothing_at(const fs::path& path) {
    std::error_code error;
    return fs::symlink_status(path, error).type() == fs::file_type::not_found;
}

bool same_file(const fs::path& a, const fs::path& b) {
    std::error_code error;
    return fs::equivalent(a, b, error) && !error;
}

// Returns a relative path, so that the home folder can be moved; empty if the file system cannot
// tell.
fs::path relative_target(const fs::path& link, const fs::path& target) {
    std::error_code error;
    const fs::path out = fs::relative(target, link.parent_path(), error);
    return error ? fs::path() : out;
}

bool link_folder(const fs::path& link, const fs::path& target) {
    std::error_code error;
    if (!nothing_at(link) || !fs::is_directory(target, error) ||
        !make_private_folders(link.parent_path()))
        return false;
    const fs::path relative = relative_target(link, target);
    if (relative.empty()) return false;
    fs::create_directory_symlink(relative, link, error);
    return !error;
}

}  // namespace

LegacyPaths::LegacyPaths(const Environment& environment, const NscPaths& paths)
    : stores_(paths.stores),
      stores_link_(environment.home / ".nsc" / "nats"),
      names_(standard_data_folder(environment) / "nkeys"),
      keys_link_(environment.home / ".nkeys"),
      enabled_(paths.standard) {}

std::vector<fs::path> LegacyPaths::prepare() {
    std::vector<fs::path> made;
    if (!enabled_) return made;
    if (link_folder(stores_link_, stores_)) made.push_back(stores_link_);
    if (nothing_at(keys_link_) && make_private_folders(names_) && link_folder(keys_link_, names_)) {
        made.push_back(keys_link_);
    }
    return made;
}

bool LegacyPaths::keys_linked() const {
    return enabled_ && same_file(keys_link_, names_);
}

fs::path LegacyPaths::operator_key(const std::string& operator_name) const {
    return keys_link_ / operator_name / (operator_name + ".nk");
}

fs::path LegacyPaths::account_key(const std::string& operator_name,
                                  const std::string& account) const {
    return keys_link_ / operator_name / "accounts" / account / (account + ".nk");
}

fs::path LegacyPaths::user_file(const std::string& operator_name, const std::string& account,
                                const std::string& user, const char* ending) const {
    return keys_link_ / operator_name / "accounts" / account / "users" / (user + ending);
}

void LegacyPaths::link(const fs::path& legacy, const fs::path& real) const {
    std::error_code error;
    if (!keys_linked() || !fs::exists(real, error) || same_file(legacy, real)) return;
    if (!make_private_folders(legacy.parent_path())) return;
    // If an entity was deleted and made again, the link leads to the old key.
    if (fs::is_symlink(legacy, error)) fs::remove(legacy, error);
    const fs::path target = relative_target(legacy, real);
    if (!target.empty()) fs::create_symlink(target, legacy, error);
}

void LegacyPaths::unlink(const fs::path& legacy) const {
    std::error_code error;
    if (keys_linked() && fs::is_symlink(legacy, error)) fs::remove(legacy, error);
}

fs::path LegacyPaths::shown(const fs::path& legacy, const fs::path& real) const {
    return enabled_ && same_file(legacy, real) ? legacy : real;
}

}  // namespace midge::tools
