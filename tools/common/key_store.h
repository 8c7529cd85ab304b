#pragma once
// The folder of seeds and credentials (docs/protocol/tools.md, Files of nsc):
// keys/<kind>/<shard>/<public key>.nk and creds/<operator>/<account>/<user>.creds.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::tools {

// Contains only the path. Files are private to their owner (0600, folders 0700).
class KeyStore {
  public:
    KeyStore(std::filesystem::path folder, bool write_git_ignore)
        : folder_(std::move(folder)), write_git_ignore_(write_git_ignore) {}

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

    // Whether the folder has keys in the layout of releases before 2019 (by name, outside keys/ and
    // creds/).
    [[nodiscard]] bool needs_migration() const;

    // Stores the seed of `public_key`, and returns its file. Fails if another seed is stored under
    // that key.
    [[nodiscard]] Result<std::filesystem::path> store_seed(std::string_view public_key,
                                                           std::string_view seed) const;
    // Errc::not_found if it is not stored. Requires: the caller wipes the seed.
    [[nodiscard]] Result<std::string> seed(std::string_view public_key) const;
    [[nodiscard]] bool has_seed(std::string_view public_key) const;
    [[nodiscard]] Result<> remove_seed(std::string_view public_key) const;
    // Returns the public keys with a stored seed, sorted.
    [[nodiscard]] std::vector<std::string> public_keys() const;

    // Replaces the credentials of a user, and returns their file.
    [[nodiscard]] Result<std::filesystem::path> store_creds(const std::string& operator_name,
                                                            const std::string& account,
                                                            const std::string& user,
                                                            std::string_view creds) const;

    // Requires: `public_key` has at least three characters, all of base32.
    [[nodiscard]] std::filesystem::path key_file(std::string_view public_key) const;
    [[nodiscard]] std::filesystem::path creds_file(const std::string& operator_name,
                                                   const std::string& account,
                                                   const std::string& user) const;

  private:
    [[nodiscard]] Result<> make_folders() const;

    std::filesystem::path folder_;
    bool write_git_ignore_;
};

}  // namespace midge::tools
