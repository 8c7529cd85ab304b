#pragma once
// The paths of nsc before 2022 (~/.nsc/nats, ~/.nkeys), which tutorials still print, as links to
// the current folders. See docs/adr/0002-legacy-paths.md.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "common/nsc_paths.h"

namespace midge::tools {

// Makes and finds the links. Owned by one run of a command. Does nothing unless stores and keys are
// at their standard places. Never changes a file, folder or link that somebody else has put at an
// old path; such a path is not shown to the user.
class LegacyPaths {
  public:
    LegacyPaths(const Environment& environment, const NscPaths& paths);

    // Makes the two links in the home folder, unless something else is there. Requires: stores and
    // keys exist. Returns the new links. A file system without links is no error.
    std::vector<std::filesystem::path> prepare();

    // Return old paths below ~/.nkeys.
    [[nodiscard]] std::filesystem::path operator_key(const std::string& operator_name) const;
    [[nodiscard]] std::filesystem::path account_key(const std::string& operator_name,
                                                    const std::string& account) const;
    // `ending`: ".nk" or ".creds".
    [[nodiscard]] std::filesystem::path user_file(const std::string& operator_name,
                                                  const std::string& account,
                                                  const std::string& user,
                                                  const char* ending) const;

    // Makes the old path `legacy` a link to `real`, if `real` exists.
    void link(const std::filesystem::path& legacy, const std::filesystem::path& real) const;
    void unlink(const std::filesystem::path& legacy) const;
    // Returns the path to show to the user: the old one if it leads to `real`, or else `real`.
    [[nodiscard]] std::filesystem::path shown(const std::filesystem::path& legacy,
                                              const std::filesystem::path& real) const;

  private:
    [[nodiscard]] bool keys_linked() const;

    std::filesystem::path stores_;       // target of ~/.nsc/nats
    std::filesystem::path stores_link_;  // ~/.nsc/nats
    std::filesystem::path
        // Target of ~/.nkeys: a tree of links with the names that old releases gave the keys.
        names_;
    std::filesystem::path keys_link_;  // ~/.nkeys
    bool enabled_;
};

}  // namespace midge::tools
