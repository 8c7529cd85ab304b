#pragma once
// One file for each account, in a directory.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

struct DirectorySettings {
    std::filesystem::path dir;
    uint64_t limit = 0;  // accounts; 0: no limit
    bool allow_delete = false;
    bool hard_delete = false;  // remove the file; otherwise it is renamed to <A...>.jwt.deleted
    bool shard = false;        // in sub-directories named by the key's last two characters

    // Parses {"dir", "limit", "allow_delete", "hard_delete", "shard"}.
    [[nodiscard]] static Result<DirectorySettings> parse(std::string_view config_json);
};

// `<dir>/<A...>.jwt` contains the bare JWT (docs/protocol/resolver.md, Directory), and is readable
// only for the owner. Writes are atomic and durable. Files placed by hand are found; white space
// around their JWT is ignored. Only well-formed account keys become parts of paths. Blocking; owned
// by a resolver instance, and used by one thread at a time.
class JwtDirectory {
  public:
    // Makes the directory if it is missing, and removes temporary files that a crash has left.
    [[nodiscard]] static Result<JwtDirectory> open(DirectorySettings settings);

    // Errc::not_found if there is no file, or an empty one.
    [[nodiscard]] Result<std::string> read(const std::string& account) const;
    // Errc::denied if the account is new and the limit is reached.
    [[nodiscard]] Result<> write(const std::string& account, std::string_view jwt);
    // Errc::denied unless allow_delete. It is no error if there is no file.
    [[nodiscard]] Result<> erase(const std::string& account);
    // Returns all accounts that read() finds.
    [[nodiscard]] Result<std::vector<std::string>> list() const;

  private:
    explicit JwtDirectory(DirectorySettings settings) : settings_(std::move(settings)) {}

    [[nodiscard]] std::filesystem::path directory_of(const std::string& account) const;
    [[nodiscard]] std::filesystem::path file_of(const std::string& account) const;
    // Returns the directories with JWT files.
    [[nodiscard]] Result<std::vector<std::filesystem::path>> directories() const;
    void remove_leftovers() const;

    DirectorySettings settings_;
};

}  // namespace midge
